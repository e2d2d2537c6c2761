namespace Ledger.Store;

/// <summary>A command's idempotency key.</summary>
/// <param name="Principal">The scope of the key: two principals may use the same key.</param>
/// <param name="Key">The key as the principal chose it.</param>
/// <param name="Fingerprint">A hash of the whole command. The same key with another hash is refused.</param>
public sealed record CommandKey(string Principal, string Key, byte[] Fingerprint);
