using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Client;

/// <summary>Verifies that a webhook comes from the ledger and is not an old message that somebody replays (Standard Webhooks 1.0).</summary>
/// <param name="secrets">The subscription's secrets as they were shown, <c>whsec_…</c>. There are two while a secret is being replaced.</param>
/// <param name="clock">The clock; null means the system's clock.</param>
/// <exception cref="FormatException">A secret is not base64.</exception>
public sealed class WebhookSignature(IReadOnlyList<string> secrets, TimeProvider? clock = null)
{
    private const string Prefix = "whsec_";
    private const string Version = "v1,";

    /// <summary>The greatest difference between a message's time and the present. Beyond it the message is refused.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(5);

    private readonly byte[][] _secrets = [.. secrets.Select(s => Convert.FromBase64String(s.StartsWith(Prefix, StringComparison.Ordinal) ? s[Prefix.Length..] : s))];
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Whether the message comes from the ledger, is unchanged, and is recent.</summary>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>, in seconds since 1970.</param>
    /// <param name="signature">The header <c>webhook-signature</c>.</param>
    /// <param name="body">The exact bytes of the body.</param>
    /// <returns>
    /// False where a header is missing, the time differs from the present by more than <see cref="AgeMax"/>, or no secret matches any of the signatures.
    /// </returns>
    public bool IsGood(string? id, string? timestamp, string? signature, ReadOnlySpan<byte> body)
    {
        if (id is null || signature is null || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(_clock.GetUtcNow().ToUnixTimeSeconds() - seconds) > AgeMax.TotalSeconds)
        {
            return false;
        }

        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var good = false;
        foreach (var given in signature.Split(' ').Where(s => s.StartsWith(Version, StringComparison.Ordinal)))
        {
            var bytes = new byte[HMACSHA256.HashSizeInBytes];
            if (Convert.TryFromBase64String(given[Version.Length..], bytes, out var length) && length == bytes.Length)
            {
                foreach (var secret in _secrets)
                {
                    good |= CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, content), bytes);
                }
            }
        }

        return good;
    }
}
