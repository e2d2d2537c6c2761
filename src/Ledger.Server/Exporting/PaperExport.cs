using System.Globalization;
using System.Text.Json.Nodes;
using Ledger.Domain;
using Ledger.Formats;
using static Ledger.Server.JsonMembers;

namespace Ledger.Server;

/// <summary>A paper with its notices, as rows of the Retraction Watch file and as a work of Crossref.</summary>
/// <param name="State">The assertion that stands for the paper's findings.</param>
/// <param name="Source">The paper.</param>
/// <param name="Publisher">Its publisher's name.</param>
internal sealed record PaperExport(Assertion State, SourceView Source, string Publisher)
{
    private const char Bom = '\uFEFF';

    /// <summary>The columns of the public Retraction Watch file. Its last column has no name there either.</summary>
    internal static string Header { get; } = string.Join(',', RetractionWatchRow.Columns) + ",\r\n";

    private string? DoiOf => Source.Identifiers.Append(Source.Url).Select(Doi.Normalise).FirstOrDefault(d => d is not null);

    private StatedTime? PublishedAt => Source.Versions.Select(v => v.PublishedAt).FirstOrDefault(t => t is not null) ?? State.Claim!.Event.PublishedAt;

    private IEnumerable<string> Authors => State.Content.Attribution.Select(a => a.Description ?? a.Party).OfType<string>();

    /// <summary>
    /// Every assertion of a page with the work that states it. An assertion is left out if the reader may not see the work, or if the work was not
    /// known at the moment.
    /// </summary>
    internal static async Task<IReadOnlyList<PaperExport>> OfAsync(ReadCall call, IReadOnlyList<Assertion> page, ReadPoint point)
    {
        var sources = await SourceView.OfAsync(call, page, point);
        var papers = new List<PaperExport>();
        foreach (var state in page)
        {
            if (sources.TryGetValue(ProvenanceGraph.Claim(state).Source.Id, out var source))
            {
                var publisher = (StreamState.OfParty)await call.States.KnownAsync(Ids.PartyStream(source.Publisher), s => s.Version > 0, call.Cancelled);
                papers.Add(new(state, source, publisher.State.Entry?.Name ?? source.Publisher));
            }
        }

        return papers;
    }

    /// <summary>A row for each notice.</summary>
    internal IEnumerable<string> Rows() => PaperNotice.Of(State).Select(Row);

    /// <summary>The work with its updates; null for a work without a DOI, which Crossref does not know.</summary>
    internal JsonObject? Work() => DoiOf is not { } doi ? null : Present(
        ("DOI", doi), ("type", "journal-article"), ("title", new JsonArray(Source.Title)), ("publisher", Publisher), ("published", Date(PublishedAt)),
        ("author", new JsonArray([.. Authors.Select(a => new JsonObject { ["name"] = a })])), ("subject", new JsonArray([.. State.Content.Topics.Select(t => (JsonNode)t)])),
        ("language", State.Content.Language), ("updated-by", new JsonArray([.. Updates()])));

    private IEnumerable<JsonNode> Updates() =>
        (from notice in PaperNotice.Of(State)
         where notice.UpdateType is not null && Doi.Normalise(notice.Url) is not null
         select Update(Doi.Normalise(notice.Url)!, notice.UpdateType!, notice.PublishedAt))
        .Concat(from version in Source.Versions
                let type = version.Note is { } note ? CrossrefUpdate.TypeOfText(note) : null
                where type is not null && Doi.Normalise(version.Url) is not null
                select Update(Doi.Normalise(version.Url)!, type, version.PublishedAt));

    private static JsonObject Update(string doi, string type, StatedTime? at) =>
        Present(("DOI", doi), ("type", type), ("label", CrossrefUpdate.LabelOf(type)), ("source", "publisher"), ("updated", Date(at)));

    private static JsonObject? Date(StatedTime? time) => time is null ? null : new()
    {
        ["date-parts"] = new JsonArray(new JsonArray([.. time.Value.Split('T')[0].Split('-').Select(p => (JsonNode)int.Parse(p, CultureInfo.InvariantCulture))])),
    };

    private string Row(PaperNotice notice)
    {
        var own = RetractionWatchRow.OfNoticeText(notice.Text) ?? new Dictionary<string, string>();
        string Own(string column, string? otherwise = null) => own.GetValueOrDefault(column) ?? otherwise ?? "";
        string?[] cells =
        [
            Own("Record ID", notice.Id.StartsWith(RetractionWatchRow.NoticeIdPrefix, StringComparison.Ordinal) ? notice.Id[RetractionWatchRow.NoticeIdPrefix.Length..] : notice.Position.ToString(CultureInfo.InvariantCulture)),
            Source.Title, List(State.Content.Topics, ""), Own("Institution"), Own("Journal"), Own("Publisher", Publisher), Own("Country"), string.Join(';', Authors), Own("URLS"), Own("ArticleType"),
            RetractionWatchRow.DateCell(notice.PublishedAt), Own("RetractionDOI", Doi.Normalise(notice.Url) ?? "unavailable"), Own("RetractionPubMedID", "0"),
            RetractionWatchRow.DateCell(PublishedAt), DoiOf ?? "unavailable", Source.Identifiers.FirstOrDefault(i => i.StartsWith("pmid:", StringComparison.Ordinal))?["pmid:".Length..] ?? "0",
            Own("RetractionNature", notice.Nature), notice.Reason == RetractionWatchRow.NoReason ? "" : List(notice.Reason.Split("; "), "+"), Own("Paywalled"), Own("Notes"),
        ];
        return string.Join(',', cells.Select(c => CsvText.Cell(c?.TrimStart(Bom)))) + ",\r\n";
    }

    /// <summary>A list as the public file writes it: each item is followed by a semicolon.</summary>
    private static string List(IEnumerable<string> items, string mark) => string.Concat(items.Select(i => $"{mark}{i};"));
}
