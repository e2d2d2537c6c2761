using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>A version of a work as a reader sees it.</summary>
public sealed record VersionView(
    int Version, string Edition, bool Seen, StatedTime? PublishedAt, string? Sha256, int? LengthCodePoints, IReadOnlyList<Paragraph> Paragraphs,
    string? Text, string? Url, IReadOnlyList<Derivation> BasedOn, string? Note, DateTimeOffset RecordedAt, long Position)
{
    internal static VersionView Of(Recorded record, VersionCaptured v) => new(
        v.Version, v.Edition, v.Seen, v.PublishedAt, v.Sha256, v.LengthCodePoints, v.Paragraphs, v.Text, v.Url, v.BasedOn, v.Note, record.RecordedAt, record.Position);
}

/// <summary>A work as a reader sees it.</summary>
public sealed record SourceView(
    string Id, string Kind, string Title, string Publisher, string? Url, IReadOnlyList<string> Identifiers, string? Language, string? TimeZone,
    IReadOnlyList<VersionView> Versions, IReadOnlyList<LinkView> Links, DateTimeOffset RecordedAt, long Version, long Position)
{
    /// <summary>The view at a moment. Null if the source was not recorded or not known by then.</summary>
    internal static async Task<SourceView?> AtAsync(ReadCall call, string id, ReadPoint point)
    {
        var stream = Ids.SourceStream(id);
        var source = point.KnownAt is null
            ? ((StreamState.OfSource)await call.States.AtAsync(stream, point.Position, call.Cancelled)).State
            : (await call.Store.ReadStreamAsync(stream, toPosition: point.Position, cancellationToken: call.Cancelled))
                .Select(e => e.ToDomain()).Where(point.Counts).Aggregate(Source.None, Source.Evolve);
        return Of(id, source, await call.RestrictedAsync());
    }

    /// <summary>The works that some assertions appear in, by id, as <see cref="AllAtAsync"/> returns them.</summary>
    internal static async Task<Dictionary<string, SourceView>> OfAsync(ReadCall call, IEnumerable<Assertion> states, ReadPoint point) =>
        (await AllAtAsync(call, [.. states.Select(s => ProvenanceGraph.Claim(s).Source.Id).Distinct(StringComparer.Ordinal)], point)).ToDictionary(s => s.Id, StringComparer.Ordinal);

    /// <summary>The views of several works at a moment, read with one query. Works that were not recorded or not known by then are left out.</summary>
    internal static async Task<IReadOnlyList<SourceView>> AllAtAsync(ReadCall call, IReadOnlyCollection<string> ids, ReadPoint point)
    {
        var restricted = await call.RestrictedAsync();
        return [.. (await call.Store.ReadStreamsAsync([.. ids.Select(Ids.SourceStream)], point.Position, call.Cancelled)).GroupBy(e => e.Stream, StringComparer.Ordinal)
            .Select(stream => Of(Ids.OfStream(stream.Key).Id, stream.Select(e => e.ToDomain()).Where(point.Counts).Aggregate(Source.None with { Id = Ids.OfStream(stream.Key).Id }, Source.Evolve), restricted))
            .OfType<SourceView>().OrderBy(v => v.Id, StringComparer.Ordinal)];
    }

    private static SourceView? Of(string id, Source source, RestrictedNow restricted) => source.Registered is { } r
        ? new(id, r.Kind, r.Title, r.Publisher, r.Url, r.Identifiers, r.Language, r.TimeZone,
            [.. source.Versions.Values.Select(v => VersionView.Of(v, (VersionCaptured)v.Event))],
            [.. source.Entries.Standing<Linked>().Select(l => LinkView.Of(l.Record, l.Event, restricted))],
            source.RecordedAt!.Value, source.Version, source.Position)
        : null;
}

/// <summary>Reads works and their versions.</summary>
internal static class SourceViews
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/v1/sources", "List sources", call => CatalogPage.WriteAsync(call, "source", (id, point) => SourceView.AtAsync(call, id, point)));
        routes.MapRead("/v1/sources/{id}", "Read a source", async call =>
        {
            var (view, position) = await ReadAsync(call);
            MementoLinks.OnOriginal(call, "sources", view.Id);
            await call.WriteViewAsync(view, view.Version, position, isOfStreamAlone: view.Links.All(l => l.Differences.All(d => d.Withheld is null)));
        }).Produces<SourceView>().WithPage();
        routes.MapRead("/v1/sources/{id}/versions", "Read the versions of a source", async call =>
        {
            var (view, position) = await ReadAsync(call);
            await call.WriteViewAsync(new ListPage<VersionView>(view.Versions, null, position), view.Version, position, isOfStreamAlone: false);
        }).Produces<ListPage<VersionView>>();
    }

    private static async Task<(SourceView View, long Position)> ReadAsync(ReadCall call)
    {
        var point = await call.PointAsync();
        call.Query.Done();
        return (await ReadAsync(call, call.Route("id"), point), point.Position);
    }

    /// <summary>The view of a source. Fails with 404 if there is none, and with 451 if the reader may not see it.</summary>
    internal static async Task<SourceView> ReadAsync(ReadCall call, string id, ReadPoint point)
    {
        Commands.RequireId(id);
        await call.RequireReadableSourceAsync(id);
        return await SourceView.AtAsync(call, id, point)
            ?? throw new ProblemException(Problem.NotFound($"No source {id} is recorded, or not by the moment asked for."));
    }
}
