using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The events that a certificate is computed from.</summary>
/// <param name="Assertions">Every event of each assertion, up to the position that the certificate is read at.</param>
/// <param name="Sources">For each source, its registration and the versions that the certificate covers.</param>
internal sealed record CertificateBasis(IReadOnlyList<CertificateBasis.Stream> Assertions, IReadOnlyList<CertificateBasis.Stream> Sources)
{
    /// <summary>Each event comes with a receipt of a few kilobytes. Nobody reads a certificate with more events than this.</summary>
    private const int EventsMax = 1_000;

    internal static async Task<CertificateBasis> OfAssertionAsync(ReadCall call, string id, long position)
    {
        await call.RequireReadableAsync(id);
        return await OfAsync(call, [id], null, position);
    }

    /// <summary>Reads all assertions of the documents at an address. Leaves out the assertions that the reader may not see.</summary>
    internal static async Task<CertificateBasis> OfDocumentAsync(ReadCall call, string url, long position)
    {
        var point = new ReadPoint(position, false, null);
        var ids = new List<string>();
        var found = await StatusRoute.FindAsync(call, url, null, position);
        foreach (var (source, _) in found)
        {
            ids.AddRange((await SourceAssertions.AtAsync(call, source, point)).Select(a => a.Id));
        }

        if (ids.Count == 0 && (await call.RestrictedAsync()).Sources is var hidden && found.Any(f => hidden.Contains(f.Source)))
        {
            throw StatusRoute.Withheld();
        }

        return await OfAsync(call, ids, url, position);
    }

    private static async Task<CertificateBasis> OfAsync(ReadCall call, List<string> ids, string? url, long position)
    {
        var assertions = await ReadAsync(call, ids.ConvertAll(Ids.AssertionStream), position);
        var cited = (from s in assertions from e in s.Events where e.Event is ClaimRecorded select ((ClaimRecorded)e.Event).Source).ToHashSet();
        var sources = await ReadAsync(call, [.. cited.Select(v => Ids.SourceStream(v.Id)).Distinct()], position);
        return new(assertions, [.. sources.Select(s => s with { Events = [.. s.Events.Where(e => Counts(e, s.Id))] })]);

        bool Counts(Recorded e, string source) => e.Event is SourceRegistered
            || (e.Event is VersionCaptured v && (cited.Contains(new(source, v.Version)) || (url is not null && StatusRoute.TryNormalOf(v.Url) == url)));
    }

    private static async Task<IReadOnlyList<Stream>> ReadAsync(ReadCall call, List<string> streams, long position)
    {
        var events = await call.Store.ReadStreamsAsync(streams, position, call.Cancelled);
        return events.Count <= EventsMax
            ? [.. from e in events group e.ToDomain() by e.Stream into stream orderby stream.First().Position select new Stream(Ids.OfStream(stream.Key).Id, [.. stream])]
            : throw new ProblemException(Problem.BadRequest("too-many-events", $"A certificate covers at most {EventsMax} events, this one would {events.Count}: ask for single assertions, or take the log's receipts one by one."));
    }

    /// <summary>The events of one assertion or source.</summary>
    internal sealed record Stream(string Id, IReadOnlyList<Recorded> Events);
}
