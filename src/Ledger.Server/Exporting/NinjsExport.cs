using System.Globalization;
using System.Text.Json.Nodes;
using Ledger.Domain;
using static Ledger.Server.JsonMembers;

namespace Ledger.Server;

/// <summary>
/// A work whose headline the ledger records, as ninjs 3 items: one for the headline as it was first published, and one for each later correction,
/// retraction and reinstatement, in their order.
/// </summary>
/// <param name="state">The assertion that is the headline.</param>
/// <param name="source">The work.</param>
/// <param name="publisher">Its publisher; null where it is not known by the moment asked for.</param>
/// <param name="root">The base address of this ledger's resources.</param>
internal sealed class NinjsExport(Assertion state, SourceView source, PartyView? publisher, Uri root)
{
    private const string Standard = "3.2";

    /// <summary>The items of a page of assertions. Only a headline becomes an item, because a work may state many things but is one item.</summary>
    internal static async Task<IReadOnlyList<JsonObject>> OfAsync(ReadCall call, IReadOnlyList<Assertion> page, ReadPoint point)
    {
        List<Assertion> headlines = [.. page.Where(s => ProvenanceGraph.Claim(s).Part == Part.Headline)];
        var sources = headlines.Count == 0 ? []
            : await SourceView.OfAsync(call, headlines, point);
        var publishers = sources.Count == 0 ? []
            : (await PartyView.AllAtAsync(call, [.. sources.Values.Select(s => s.Publisher).Distinct(StringComparer.Ordinal)], point)).ToDictionary(p => p.Id, StringComparer.Ordinal);
        return
        [
            .. from headline in headlines
               where sources.ContainsKey(ProvenanceGraph.Claim(headline).Source.Id)
               let source = sources[ProvenanceGraph.Claim(headline).Source.Id]
               from item in new NinjsExport(headline, source, publishers.GetValueOrDefault(source.Publisher), call.Root).Items()
               select item,
        ];
    }

    private IEnumerable<JsonObject> Items()
    {
        var (headline, version) = (ProvenanceGraph.Claim(state).Proposition, 1L);
        yield return Item(version, ProvenanceGraph.Claim(state).PublishedAt, headline, "usable", null);
        foreach (var record in Events())
        {
            var (status, note) = record.Event switch
            {
                CorrectionIssued c => ("usable", c.Notice.Text),
                RetractionIssued r => ("canceled", r.Notice.Text),
                Withdrawn w => ("usable", w.Reason),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            headline = Changed(record.Event) ?? headline;
            version = Math.Max(version + 1, NumberAt(record.Event.PublishedAt));
            yield return Item(version, record.Event.PublishedAt, headline, status, note);
        }
    }

    private IEnumerable<Recorded> Events()
    {
        List<Entry> retractions = [.. state.Entries.All<RetractionIssued>().Where(r => r.Event.Extent == Extent.Full).Select(r => r.Entry)];
        return state.Corrections.Concat(retractions.Select(r => r.Record)).Concat(retractions.Select(r => r.ClosedBy).OfType<Recorded>().Where(c => c.Event is Withdrawn)).OrderBy(r => r.Position);
    }

    private static string? Changed(LedgerEvent e) =>
        (e as CorrectionIssued)?.Changes.LastOrDefault(c => c.Field == "proposition")?.After is { ValueKind: System.Text.Json.JsonValueKind.String } after ? after.GetString() : null;

    /// <summary>The agency's number for the version that it published at a time; 0 if the ledger has no such version.</summary>
    private long NumberAt(StatedTime? time) => source.Versions
        .Where(v => time is not null && v.PublishedAt?.Value == time.Value && v.Edition.StartsWith("version ", StringComparison.Ordinal))
        .Select(v => long.TryParse(v.Edition["version ".Length..], CultureInfo.InvariantCulture, out var number) ? number : 0).FirstOrDefault();

    private JsonObject Item(long version, StatedTime? time, string headline, string status, string? note)
    {
        string[] names = [.. source.Identifiers.Where(i => Uri.IsWellFormedUriString(i, UriKind.Absolute)), .. source.Url is { } url ? [url] : Array.Empty<string>()];
        var created = time is { Precision: Precision.Instant } ? time.Value : null; // ninjs takes no partial date.
        return Present(
            ("standard", Present(("name", "ninjs"), ("version", Standard))), ("uri", names.FirstOrDefault() ?? new Uri(root, $"sources/{source.Id}").ToString()), ("type", "text"),
            ("version", version.ToString(CultureInfo.InvariantCulture)), ("firstCreated", version == 1 ? created : null), ("versionCreated", created), ("pubStatus", status),
            ("language", source.Language), ("headlines", new JsonArray(Present(("role", "main"), ("value", headline)))), ("edNote", note),
            ("altIds", names.Length < 2 ? null : new JsonArray([.. names.Skip(1).Select(n => Present(("role", "identifier"), ("value", n)))])),
            ("by", string.Join("; ", state.Content.Attribution.Where(a => a.Role == "author").Select(a => a.Description).OfType<string>()) is { Length: > 0 } by ? by : null),
            ("subjects", state.Content.Topics.Count == 0 ? null : new JsonArray([.. state.Content.Topics.Select(t => Present(("name", t)))])),
            ("infoSources", new JsonArray(Present(("role", "publisher"), ("name", publisher?.Name ?? source.Publisher),
                ("uri", publisher?.Aliases.FirstOrDefault(a => Uri.IsWellFormedUriString(a, UriKind.Absolute)))))));
    }
}
