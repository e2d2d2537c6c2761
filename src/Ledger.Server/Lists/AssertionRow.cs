using System.Text.Json;
using Ledger.Domain;
using Npgsql;

namespace Ledger.Server;

/// <summary>What an item of a list says about the standing.</summary>
internal sealed record ItemStanding(
    string Label, string Summary, Lifecycle Lifecycle, IReadOnlyList<string> Flags, DateTimeOffset ChangedAt, long Version, long Position);

/// <summary>A state of an assertion as lists keep it: the members of an item that change with most events, what lists filter by, and its content.</summary>
internal sealed record AssertionRow(string Id, long Position, string Source, string Publisher, AssertionContent Content)
{
    /// <summary>How many columns <see cref="ItemColumns"/> names.</summary>
    internal const int ItemColumnsCount = 9;

    /// <summary>The label without "in part".</summary>
    public required short Label { get; init; }

    public required bool InPart { get; init; }

    public required string Summary { get; init; }

    public required Lifecycle Lifecycle { get; init; }

    /// <summary>One bit for each flag.</summary>
    public required int Flags { get; init; }

    public required string[] Parties { get; init; }

    /// <summary>The words of the open statements, beside those of the content.</summary>
    public required string[] Words { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required long Version { get; init; }

    /// <summary>The item's JSON.</summary>
    internal string Item => ItemOf(Content.Body, new(StandingNumbers.Label(Label, InPart), Summary, Lifecycle, StandingNumbers.Flags(Flags), ChangedAt, Version, Position));

    /// <summary>The row of a state that holds a claim; null of one that does not.</summary>
    internal static AssertionRow? Of(Assertion state) => new AssertionRowMaker().Of(state);

    /// <summary>The columns of a state and its content from which <see cref="ItemAt"/> makes an item.</summary>
    internal static string ItemColumns(string s = "s", string c = "c") =>
        $"{c}.body, {s}.label, {s}.in_part, {s}.summary, {s}.lifecycle, {s}.flags, {s}.changed_at, {s}.version, {s}.position";

    /// <summary>The item's JSON, from <see cref="ItemColumns"/> at a column.</summary>
    internal static string ItemAt(NpgsqlDataReader reader, int column) => ItemOf(ContentAt(reader, column), StandingAt(reader, column));

    /// <summary>The content's members of an item, from the same columns.</summary>
    internal static string ContentAt(NpgsqlDataReader reader, int column) => reader.GetString(column);

    /// <summary>The standing of an item, from the same columns.</summary>
    internal static ItemStanding StandingAt(NpgsqlDataReader reader, int column) => new(
        StandingNumbers.Label(reader.GetInt16(column + 1), reader.GetBoolean(column + 2)), reader.GetString(column + 3), (Lifecycle)reader.GetInt16(column + 4),
        StandingNumbers.Flags(reader.GetInt32(column + 5)), reader.GetFieldValue<DateTimeOffset>(column + 6), reader.GetInt64(column + 7), reader.GetInt64(column + 8));

    /// <summary>Joins two JSON objects into one.</summary>
    private static string ItemOf(string content, ItemStanding standing) =>
        string.Concat(content.AsSpan(0, content.Length - 1), ",", JsonSerializer.Serialize(standing, DomainJson.Stored).AsSpan(1));
}
