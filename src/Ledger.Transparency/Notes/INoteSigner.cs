namespace Ledger.Transparency;

/// <summary>
/// Signs notes with one named key. It is an interface for two reasons: the key may be elsewhere (in a hardware module), and
/// C2SP plans other algorithms (ML-DSA-44, type 0x06).
/// </summary>
public interface INoteSigner
{
    /// <summary>The verifier key with which a client is configured to trust this signer.</summary>
    VerifierKey VerifierKey { get; }

    /// <summary>Signs a text. The result is the signature alone, without the key id that precedes it in a note.</summary>
    byte[] Sign(ReadOnlySpan<byte> text);
}
