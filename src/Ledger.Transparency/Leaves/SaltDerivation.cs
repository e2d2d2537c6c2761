using System.Runtime.CompilerServices;
using System.Text;

namespace Ledger.Transparency;

/// <summary>The salts of one event's stream, fields and headers: HMAC-SHA256(event salt, domain ‖ path).</summary>
internal readonly struct SaltDerivation(Digest eventSalt)
{
    private readonly HmacKey _key = new(eventSalt.Bytes);

    private static ReadOnlySpan<byte> Domain => "claims-ledger/salt/v1\n"u8;

    [SkipLocalsInit]
    public Digest SaltOf(string path)
    {
        Span<byte> message = stackalloc byte[Domain.Length + Encoding.UTF8.GetMaxByteCount(Math.Min(path.Length, CommitmentPath.LengthMax))];
        Domain.CopyTo(message);
        var length = Domain.Length + Encoding.UTF8.GetBytes(path, message[Domain.Length..]);
        return _key.CodeOf(message[..length]);
    }
}
