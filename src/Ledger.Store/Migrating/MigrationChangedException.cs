namespace Ledger.Store;

/// <summary>A migration that a database has applied is not the one that this program carries.</summary>
public sealed class MigrationChangedException(string name)
    : Exception($"Migration {name} was applied with another text. Applied migrations never change: restore its text and add a new one.")
{
    /// <summary>The migration, <c>0001_log</c>.</summary>
    public string Name { get; } = name;
}
