using System.Security.Cryptography;

namespace Ledger.Transparency.Tests;

public class HmacKeyTests
{
    [Fact]
    public void Codes_equal_those_of_the_platform_for_message_and_key_lengths_around_the_block_size()
    {
        var random = new Random(3);
        foreach (var length in Enumerable.Range(0, 200).Concat([4_095, 4_096, 4_097, 5_000, 9_000]))
        {
            var (bytes, message) = (new byte[length % 130], new byte[length]);
            random.NextBytes(bytes);
            var key = new HmacKey(bytes);
            foreach (var time in (string[])["first", "second"])
            {
                random.NextBytes(message);

                key.CodeOf(message).Bytes.SequenceEqual(HMACSHA256.HashData(bytes, message)).ShouldBeTrue($"{length} bytes, the {time} under its key");
            }
        }
    }
}
