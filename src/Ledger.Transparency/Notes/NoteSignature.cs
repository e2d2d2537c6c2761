namespace Ledger.Transparency;

/// <summary>One signature line of a note.</summary>
/// <param name="KeyName">The name of the key.</param>
/// <param name="KeyId">The key's 32-bit id, which with the name says which key and algorithm signed.</param>
/// <param name="Signature">The bytes that the key made; 64 for Ed25519.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Signature);
