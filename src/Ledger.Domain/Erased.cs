namespace Ledger.Domain;

/// <summary>What stands where a value was erased: every text of an event falls back to it, so that no fold meets a missing value.</summary>
public static class Erased
{
    /// <summary>Shown in place of an erased text.</summary>
    public const string Text = "[erased]";
}
