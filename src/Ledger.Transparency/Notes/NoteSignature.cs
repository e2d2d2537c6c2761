namespace Ledger.Transparency;

/// <summary>One signature line of a note.</summary>
/// <param name="KeyName">The name of the key.</param>
/// <param name="KeyId">The key's 32-bit id. Together with the name it identifies the key and the algorithm.</param>
/// <param name="Signature">The bytes that the key made; 64 for Ed25519.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Signature);
