using System.Security.Cryptography;

namespace Ledger.Transparency.Tests;

public class HmacTests
{
    [Fact]
    public void Codes_are_those_of_the_platform_for_messages_of_every_length_around_the_blocks_and_the_pool()
    {
        var random = new Random(3);
        foreach (var length in Enumerable.Range(0, 200).Concat([959, 960, 961, 5_000]))
        {
            var (key, message) = (new byte[Digest.Length], new byte[length]);
            random.NextBytes(key);
            random.NextBytes(message);

            Hmac.Sha256(new Digest(key), message).Bytes.SequenceEqual(HMACSHA256.HashData(key, message)).ShouldBeTrue($"{length} bytes");
        }
    }
}
