using Ledger.Domain;
using Ledger.Formats;

namespace Ledger.Server;

/// <summary>What a publisher said about a paper, or took back, in the form that both formats about retractions need.</summary>
/// <param name="Id">The notice's id; for a reinstatement, the id of its event.</param>
/// <param name="Nature">Retraction, Expression of concern, Correction or Reinstatement.</param>
/// <param name="UpdateType">Crossref's type of update; null for a reinstatement, which Crossref does not have.</param>
/// <param name="Text">The text, which may hold a row of Retraction Watch.</param>
/// <param name="Url">The address of the notice.</param>
/// <param name="Reason">The reason that was given.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="Position">The position of its event in the log.</param>
internal sealed record PaperNotice(string Id, string Nature, string? UpdateType, string Text, string? Url, string Reason, StatedTime? PublishedAt, long Position)
{
    /// <summary>
    /// All notices on an assertion, in the order of recording. Withdrawn notices are included, and so are the withdrawals of retractions.
    /// </summary>
    internal static IEnumerable<PaperNotice> Of(Assertion state) => state.Corrections.Select(Of)
        .Concat(state.Entries.All<RetractionIssued>().Select(e => Of(e.Entry.Record)))
        .Concat(state.Entries.All<ConcernExpressed>().Select(e => Of(e.Entry.Record)))
        .Concat(from e in state.Entries.All<RetractionIssued>() where e.Entry.ClosedBy?.Event is Withdrawn select Of(e.Entry.ClosedBy!))
        .OrderBy(n => n.Position);

    private static PaperNotice Of(Recorded record) => record.Event switch
    {
        CorrectionIssued c => Of(record, c.Notice, "Correction", c.Kind switch { NoticeKind.Clarification => "clarification", NoticeKind.Update => "addendum", _ => "correction" }, c.Reason),
        RetractionIssued r => Of(record, r.Notice, "Retraction", r.Extent == Extent.Full ? "retraction" : "partial_retraction", r.Reason),
        ConcernExpressed c => Of(record, c.Notice, "Expression of concern", "expression_of_concern", c.Reason),
        Withdrawn w => new(record.Id.ToString(), "Reinstatement", null, w.Citation ?? "", null, w.Reason, record.Event.PublishedAt, record.Position),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>
    /// Keeps the type that the notice's own format gave. Retraction Watch calls "correction" what the ledger records as an update without changes.
    /// </summary>
    private static PaperNotice Of(Recorded record, Notice notice, string nature, string type, string reason) => new(
        notice.Id, nature, CrossrefUpdate.TypeOfText(notice.Text) ?? (type == "addendum" && RetractionWatchRow.OfNoticeText(notice.Text) is not null ? "correction" : type),
        notice.Text, notice.Url, reason, record.Event.PublishedAt, record.Position);
}
