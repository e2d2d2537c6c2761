using System.Security.Cryptography;
using System.Text;

namespace Ledger.Transparency;

/// <summary>
/// The salts of one event's stream and fields: HMAC-SHA256(event salt, domain ‖ path). One keyed state serves all of them,
/// which halves the cost of a leaf's salts.
/// </summary>
internal sealed class SaltDerivation : IDisposable
{
    private readonly IncrementalHash hmac;

    public SaltDerivation(in Digest eventSalt) => hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, eventSalt.Bytes);

    private static ReadOnlySpan<byte> Domain => "claims-ledger/salt/v1\n"u8;

    public Digest SaltOf(string path)
    {
        Span<byte> message = stackalloc byte[Domain.Length + Encoding.UTF8.GetMaxByteCount(Commitment.PathLengthMax)];
        Domain.CopyTo(message);
        var length = Domain.Length + Encoding.UTF8.GetBytes(path, message[Domain.Length..]);
        hmac.AppendData(message[..length]);
        Digest salt = default;
        hmac.GetHashAndReset(Digest.Writable(ref salt));
        return salt;
    }

    public void Dispose() => hmac.Dispose();
}
