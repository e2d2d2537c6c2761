namespace Ledger.Store;

/// <summary>What a principal's key was used for.</summary>
/// <param name="Fingerprint">Hash of the command that used it.</param>
/// <param name="Result">What that command appended; always marked as replayed.</param>
public sealed record RememberedAnswer(byte[] Fingerprint, AppendResult.Appended Result);
