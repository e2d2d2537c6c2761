namespace Ledger.Domain;

/// <summary>What is read where a value was erased. Every text of an event falls back to it, so that no fold meets a missing value.</summary>
public static class Erased
{
    /// <summary>Shown in place of an erased text.</summary>
    public const string Text = "[erased]";
}
