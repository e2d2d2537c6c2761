using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The filters of a list of assertions. The same conditions exist twice: in SQL for stored rows, and in C# for rows that are folded while reading.
/// </summary>
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

    /// <summary>Whether other streams raise the flag. Such a flag is not stored in the rows of the assertion.</summary>
    internal bool IsByText => Flag is TextFlagProjection.Orphaned or TextFlagProjection.Changed or TextFlagProjection.Typographic;

    /// <summary>Each of these words must occur.</summary>
    internal IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The time in the world that the proposition must speak of.</summary>
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
            Lifecycle = query.Word("lifecycle", StandingNumbers.Lifecycles),
            Party = query.Text("party"),
            Topic = query.Text("topic"),
            Flag = query.Word("flag", StandingFlags.All),
            Words = text is null || words.Length > 0 ? words : throw Query.Invalid("q", "holds no word to look for."),
            ValidAt = ReadPoints.Moment(query, "validAt"),
        };
    }

    /// <summary>Whether a row passes. A flag that other streams raise is not checked here.</summary>
    internal bool Matches(AssertionRow row) =>
        (Source is null || row.Source == Source)
        && (Publisher is null || row.Publisher == Publisher)
        && (Label is null || row.Label == StandingNumbers.OfLabel(Label).Number)
        && (Lifecycle is null || (short)row.Lifecycle == StandingNumbers.OfLifecycle(Lifecycle))
        && (Party is null || row.Parties.Contains(Party, StringComparer.Ordinal))
        && (Topic is null || row.Content.Topics.Contains(Topic, StringComparer.Ordinal))
        && (Flag is null || IsByText || (row.Flags & StandingNumbers.OfFlag(Flag)) != 0)
        && Words.All(w => row.Content.Words.Contains(w, StringComparer.Ordinal) || row.Words.Contains(w, StringComparer.Ordinal))
        && (ValidAt is not { } moment || ((row.Content.ValidFrom is not null || row.Content.ValidTo is not null)
            && (row.Content.ValidFrom is null || row.Content.ValidFrom < moment.To) && (row.Content.ValidTo is null || row.Content.ValidTo > moment.From)));

    /// <summary>The terms by which assertions are looked up. A state that passes has all of them, so its assertion has said all of them.</summary>
    internal IReadOnlyList<int> Terms =>
        [.. Party is null ? Enumerable.Empty<int>() : [AssertionTerms.OfParty(Party)], .. Words.Select(AssertionTerms.OfWord)];

    /// <summary>The conditions on a state <c>s</c> as <c> and …</c>, with their values added to the parameters.</summary>
    internal string Sql(NpgsqlParameterCollection parameters)
    {
        const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        var state = new StringBuilder();
        Add(state, "s.source = ?", Source, NpgsqlDbType.Text);
        Add(state, "s.publisher = ?", Publisher, NpgsqlDbType.Text);
        Add(state, "s.label = ?", Label is null ? null : StandingNumbers.OfLabel(Label).Number, NpgsqlDbType.Smallint);
        Add(state, "s.lifecycle = ?", Lifecycle is null ? null : StandingNumbers.OfLifecycle(Lifecycle), NpgsqlDbType.Smallint);
        Add(state, "s.parties @> ?", Party is null ? null : new[] { Party }, Texts);
        Add(state, "s.flags & ? <> 0", Flag is null || IsByText ? null : StandingNumbers.OfFlag(Flag), NpgsqlDbType.Integer);

        var content = new StringBuilder();
        Add(content, "c.topics @> ?", Topic is null ? null : new[] { Topic }, Texts);
        Add(content, "s.words || c.words @> ?", Words.Count == 0 ? null : Words.ToArray(), Texts);
        Add(content, "(c.valid_from is not null or c.valid_to is not null) and (c.valid_from is null or c.valid_from < ?)", ValidAt?.To.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(content, "(c.valid_to is null or c.valid_to > ?)", ValidAt?.From.UtcDateTime, NpgsqlDbType.TimestampTz);
        return content.Length == 0
            ? state.ToString()
            : $"{state} and exists (select from ledger_read.assertion_content c where c.id = s.id and c.number = s.content{content})";

        void Add(StringBuilder where, string condition, object? value, NpgsqlDbType type)
        {
            if (value is not null)
            {
                parameters.Add(new() { Value = value, NpgsqlDbType = type });
                where.Append(CultureInfo.InvariantCulture, $" and {condition.Replace("?", $"${parameters.Count}", StringComparison.Ordinal)}");
            }
        }
    }
}
