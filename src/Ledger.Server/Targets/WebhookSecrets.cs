using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The secrets that sign the deliveries of a subscription: the current one, and for a while the former one (Standard Webhooks 1.0).</summary>
internal sealed record WebhookSecrets(string Current, string? Former = null, DateTimeOffset? FormerUntil = null)
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    internal static WebhookSecrets Make() => new(NewSecret());

    internal static WebhookSecrets Parse(string json) => JsonSerializer.Deserialize<WebhookSecrets>(json, DomainJson.Stored)!;

    internal string ToJson() => JsonSerializer.Serialize(this, DomainJson.Stored);

    internal WebhookSecrets Rotate(DateTimeOffset formerUntil) => new(NewSecret(), Current, formerUntil);

    /// <summary>The value of <c>webhook-signature</c>: one signature for each secret that is valid now, the current one first.</summary>
    internal string Sign(string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.")), .. body];
        return Former is { } former && FormerUntil > at
            ? $"v1,{Signature(Current, content)} v1,{Signature(former, content)}"
            : $"v1,{Signature(Current, content)}";
    }

    private static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    private static string Signature(string secret, byte[] content) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret), content));
}
