using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>What a list of assertions is narrowed to. The same conditions in SQL, for stored rows, and here, for rows folded while reading.</summary>
internal sealed record AssertionFilter
{
    internal static AssertionFilter All { get; } = new();

    internal string? Source { get; init; }

    internal string? Publisher { get; init; }

    internal string? Label { get; init; }

    internal string? Lifecycle { get; init; }

    internal string? Party { get; init; }

    internal string? Topic { get; init; }

    internal string? Flag { get; init; }

    /// <summary>Whether the flag is one that other streams raise: it stands in no row of the assertion.</summary>
    internal bool IsByText => Flag is TextFlagProjection.Orphaned or TextFlagProjection.Changed;

    /// <summary>Each must occur.</summary>
    internal IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>A moment of the world that the proposition speaks of.</summary>
    internal Interval? ValidAt { get; init; }

    internal static AssertionFilter Of(Query query)
    {
        var text = query.Text("q");
        var words = text is null ? [] : FullText.Words(text);
        return new()
        {
            Source = query.Text("source"),
            Publisher = query.Text("publisher"),
            Label = query.Word("label", StandingLabel.Precedence),
            Lifecycle = query.Word("lifecycle", Enum.GetNames<Lifecycle>().Select(JsonNamingPolicy.CamelCase.ConvertName)),
            Party = query.Text("party"),
            Topic = query.Text("topic"),
            Flag = query.Word("flag", StandingFlags.All),
            Words = text is null || words.Length > 0 ? words : throw Query.Invalid("q", "holds no word to look for."),
            ValidAt = ReadPoints.Moment(query, "validAt"),
        };
    }

    /// <summary>Whether a row passes, but for a flag that other streams raise.</summary>
    internal bool Matches(AssertionRow row) =>
        (Source is null || row.Source == Source)
        && (Publisher is null || row.Publisher == Publisher)
        && (Label is null || row.Label == Label)
        && (Lifecycle is null || row.Lifecycle == Lifecycle)
        && (Party is null || row.Parties.Contains(Party, StringComparer.Ordinal))
        && (Topic is null || row.Topics.Contains(Topic, StringComparer.Ordinal))
        && (Flag is null || IsByText || row.Flags.Contains(Flag, StringComparer.Ordinal))
        && Words.All(w => row.Words.Contains(w, StringComparer.Ordinal))
        && (ValidAt is not { } moment || ((row.ValidFrom is not null || row.ValidTo is not null)
            && (row.ValidFrom is null || row.ValidFrom < moment.To) && (row.ValidTo is null || row.ValidTo > moment.From)));

    /// <summary>What assertions are looked up by; a state that passes has them all, and so its assertion said them.</summary>
    internal IReadOnlyList<string> Terms => Party is null ? Words : [AssertionTerms.OfParty(Party), .. Words];

    /// <summary>The conditions as <c> and …</c>, with their values added to a command.</summary>
    internal string Sql(NpgsqlCommand command)
    {
        var where = new StringBuilder();
        void Add(string condition, object? value, NpgsqlDbType type)
        {
            if (value is not null)
            {
                command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
                where.Append(CultureInfo.InvariantCulture, $" and {condition.Replace("?", $"${command.Parameters.Count}", StringComparison.Ordinal)}");
            }
        }

        const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        Add("source = ?", Source, NpgsqlDbType.Text);
        Add("publisher = ?", Publisher, NpgsqlDbType.Text);
        Add("label = ?", Label, NpgsqlDbType.Text);
        Add("lifecycle = ?", Lifecycle, NpgsqlDbType.Text);
        Add("parties @> ?", Party is null ? null : new[] { Party }, Texts);
        Add("topics @> ?", Topic is null ? null : new[] { Topic }, Texts);
        Add("flags @> ?", Flag is null || IsByText ? null : new[] { Flag }, Texts);
        Add("words @> ?", Words.Count == 0 ? null : Words.ToArray(), Texts);
        Add("(valid_from is not null or valid_to is not null) and (valid_from is null or valid_from < ?)", ValidAt?.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add("(valid_to is null or valid_to > ?)", ValidAt?.From.UtcDateTime, NpgsqlDbType.TimestampTz);
        return where.ToString();
    }
}
