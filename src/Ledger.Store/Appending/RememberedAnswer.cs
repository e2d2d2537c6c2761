namespace Ledger.Store;

/// <summary>What a principal's key was used for.</summary>
/// <param name="Fingerprint">The hash of the command that used it.</param>
/// <param name="Result">What that command appended; always marked as replayed.</param>
public sealed record RememberedAnswer(byte[] Fingerprint, AppendResult.Appended Result);

/// <summary>The use of a key by a principal, without the events.</summary>
/// <param name="Fingerprint">The hash of the command that used it.</param>
/// <param name="LastPosition">The position of the last event that the command appended; null where it appended none.</param>
public sealed record KeyUse(byte[] Fingerprint, long? LastPosition);
