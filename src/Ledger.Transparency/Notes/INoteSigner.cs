namespace Ledger.Transparency;

/// <summary>
/// Signs notes under one name and key. Behind an interface because the key may live elsewhere (a hardware module), and
/// because C2SP plans for other algorithms (ML-DSA-44, type 0x06).
/// </summary>
public interface INoteSigner
{
    /// <summary>What a client is configured with to trust this signer.</summary>
    VerifierKey VerifierKey { get; }

    /// <summary>The signature of the text, without the key id that stands before it in a note.</summary>
    byte[] Sign(ReadOnlySpan<byte> text);
}
