using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>The guide's C# example, as the guide shows it.</summary>
internal static class GuideExample
{
    public static bool Verify(string secret, byte[] body, IReadOnlyDictionary<string, string> headers) =>
        IsVerified(secret, body, headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]);

    private static bool IsVerified(string secret, byte[] body, string id, string timestamp, string signatures)
    {
        if (Math.Abs(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(timestamp, CultureInfo.InvariantCulture)) > 300)
        {
            return false;
        }

        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content)));
        return signatures.Split(' ').Any(s => CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(s)));
    }
}
