using System.Globalization;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// Notices as CSV rows (RFC 4180) with columns like those of the Retraction Watch database, so that tools for that database can read them.
/// </summary>
internal static class NoticeCsv
{
    internal const string Header =
        "RecordID,Title,Subject,Source,Publisher,Author,URLS,ArticleType,RetractionDate,OriginalDate,RetractionNature,Reason,Changes,Notes\r\n";

    /// <summary>A row for every correction of an assertion, and for every retraction and concern that stands.</summary>
    internal static IEnumerable<string> Rows(Assertion state)
    {
        foreach (var record in state.Corrections.Concat(state.Entries.Open.Values.Select(e => e.Record)).OrderBy(r => r.Position))
        {
            var (notice, nature, reason) = record.Event switch
            {
                CorrectionIssued c => (c.Notice, c.Kind.ToString(), c.Reason),
                RetractionIssued r => (r.Notice, r.Extent == Extent.Full ? "Retraction" : "Partial retraction", r.Reason),
                ConcernExpressed c => (c.Notice, "Expression of concern", c.Reason),
                _ => default,
            };
            if (notice is not null)
            {
                yield return Row(state, record, notice, nature, reason);
            }
        }
    }

    private static string Row(Assertion state, Recorded record, Notice notice, string nature, string reason)
    {
        var claim = ProvenanceGraph.Claim(state);
        var changes = (record.Event as CorrectionIssued)?.Changes ?? [];
        string?[] cells =
        [
            record.Position.ToString(CultureInfo.InvariantCulture), state.Content.Proposition, string.Join("; ", state.Content.Topics), claim.Source.Id, claim.Publisher,
            string.Join("; ", state.Content.Attribution.Select(a => a.Party ?? a.Description)), notice.Url, "claim", record.Since, state.Claim!.Since,
            nature, reason, changes.Count == 0 ? "" : JsonSerializer.Serialize(changes, DomainJson.Stored), notice.Text,
        ];
        return string.Join(',', cells.Select(CsvText.Cell)) + "\r\n";
    }
}
