namespace Ledger.Store;

/// <summary>A command's idempotency key.</summary>
/// <param name="Principal">Scope of the key: two principals may use the same one.</param>
/// <param name="Key">The key as the principal chose it.</param>
/// <param name="Fingerprint">Hash of the whole command: the same key with another one is refused.</param>
public sealed record CommandKey(string Principal, string Key, byte[] Fingerprint);
