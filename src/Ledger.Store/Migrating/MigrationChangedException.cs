namespace Ledger.Store;

/// <summary>The text of a migration that a database has applied differs from the text in this program.</summary>
public sealed class MigrationChangedException(string name)
    : Exception($"Migration {name} was applied with another text. Applied migrations never change: restore its text and add a new one.")
{
    /// <summary>The name of the migration, such as <c>0001_log</c>.</summary>
    public string Name { get; } = name;
}
