using System.Net;
using System.Text;
using System.Text.Json;
using DiffPlex;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>One notice in the feeds of corrections: what it says, and each field before and after.</summary>
internal sealed record FeedEntry
{
    private static readonly char[] WordSeparators = [' ', '\t', '\n'];

    public required RecordedEvent Recorded { get; init; }

    /// <summary>When the reader could first see the entry: when it was recorded or, if it was withheld, when the restriction ended.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>Where the entry stands in the feed.</summary>
    public FeedPlace Place { get; init; }

    public required string Assertion { get; init; }

    public required string Title { get; init; }

    public required string Publisher { get; init; }

    public required string Text { get; init; }

    public required string Reason { get; init; }

    public string? Url { get; init; }

    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>The event as an entry; null if it is not a notice about an assertion.</summary>
    internal static FeedEntry? Of(RecordedEvent e)
    {
        var (kind, assertion) = Ids.OfStream(e.Stream);
        return kind != "assertion" ? null : EventTypes.Deserialize(e.Type, e.Data) switch
        {
            CorrectionIssued c => Of(e, assertion, $"{c.Kind} ({Word(c.Materiality)})", c.Publisher, c.Notice, c.Reason) with { Changes = c.Changes },
            RetractionIssued r => Of(e, assertion, r.Extent == Extent.Partial ? "Retraction in part" : "Retraction", r.Publisher, r.Notice, r.Reason),
            ConcernExpressed c => Of(e, assertion, "Expression of concern", c.Publisher, c.Notice, c.Reason),
            Withdrawn { EventType: "retraction_issued" } w => Withdrawal(e, assertion, "Retraction withdrawn", w),
            Withdrawn { EventType: "concern_expressed" } w => Withdrawal(e, assertion, "Concern lifted", w),
            _ => null,
        };
    }

    /// <summary>The entry as HTML; every text of the ledger is escaped.</summary>
    internal string ToHtml()
    {
        var html = new StringBuilder();
        html.Append("<p>").Append(WebUtility.HtmlEncode(Text)).Append("</p>");
        if (Reason.Length > 0)
        {
            html.Append("<p>Reason: ").Append(WebUtility.HtmlEncode(Reason)).Append("</p>");
        }

        foreach (var change in Changes)
        {
            var (before, after) = (Plain(change.Before), Plain(change.After));
            html.Append("<h4>").Append(WebUtility.HtmlEncode(change.Field)).Append("</h4><dl><dt>Before</dt><dd>").Append(WebUtility.HtmlEncode(before))
                .Append("</dd><dt>After</dt><dd>").Append(WebUtility.HtmlEncode(after)).Append("</dd><dt>Changed words</dt><dd>");
            AppendWords(html, before, after);
            html.Append("</dd></dl>");
        }

        return html.ToString();
    }

    private static FeedEntry Of(RecordedEvent e, string assertion, string what, string publisher, Notice notice, string reason) => new()
    {
        Recorded = e,
        Updated = e.RecordedAt,
        Assertion = assertion,
        Title = $"{what}: {assertion}",
        Publisher = publisher,
        Text = notice.Text,
        Reason = reason,
        Url = notice.Url,
    };

    private static FeedEntry Withdrawal(RecordedEvent e, string assertion, string what, Withdrawn withdrawn) =>
        Of(e, assertion, what, withdrawn.Party ?? "", new("", what), withdrawn.Reason);

    private static string Word(Materiality materiality) => JsonNamingPolicy.CamelCase.ConvertName(materiality.ToString());

    private static string Plain(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "(none)",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } other => other.GetRawText(),
    };

    /// <summary>Appends the words of both texts. Removed and added words are marked.</summary>
    private static void AppendWords(StringBuilder html, string before, string after)
    {
        var diff = new Differ().CreateWordDiffs(before, after, ignoreWhitespace: false, WordSeparators);
        var at = 0;
        foreach (var block in diff.DiffBlocks)
        {
            Append(html, null, diff.PiecesOld.AsSpan(at, block.DeleteStartA - at));
            Append(html, "del", diff.PiecesOld.AsSpan(block.DeleteStartA, block.DeleteCountA));
            Append(html, "ins", diff.PiecesNew.AsSpan(block.InsertStartB, block.InsertCountB));
            at = block.DeleteStartA + block.DeleteCountA;
        }

        Append(html, null, diff.PiecesOld.AsSpan(at));
    }

    private static void Append(StringBuilder html, string? mark, ReadOnlySpan<string> pieces)
    {
        var text = WebUtility.HtmlEncode(string.Concat(pieces));
        html.Append(mark is null || text.Length == 0 ? text : $"<{mark}>{text}</{mark}>");
    }
}
