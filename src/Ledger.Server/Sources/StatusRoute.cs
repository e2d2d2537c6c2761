using Ledger.Domain;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>A notice on an assertion of the document. The notice is newer than the version that the reader has.</summary>
internal sealed record StatusNotice(string Assertion, string Type, Notice Notice, IReadOnlyList<Change> Changes, string Since, long Position);

/// <summary>An assertion of the document, with its label.</summary>
internal sealed record StatusAssertion(string Id, string Proposition, string Label, string Summary, IReadOnlyList<string> Flags);

/// <summary>The status of one document that matches the question.</summary>
internal sealed record DocumentStatus(
    string Source, string Title, string Publisher, int? Version, int NewestVersion, IReadOnlyList<int> LaterVersions, IReadOnlyList<StatusNotice> NoticesSince,
    IReadOnlyList<StatusAssertion> Assertions);

/// <summary>Tells what became of a document that somebody has. The document is found by its address, by the hash of its text, or by its source.</summary>
internal static class StatusRoute
{
    /// <summary>The maximum number of sources that are returned for one address or hash. A syndicated text is in many places.</summary>
    private const int MatchesMax = 20;

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapRead("/v1/status", "Ask what became of a document", ReadAsync);

    private static async Task ReadAsync(ReadCall call)
    {
        var (url, sha256, source) = (call.Query.Text("url"), call.Query.Text("sha256"), call.Query.Text("source"));
        var point = await call.PointAsync();
        call.Query.Done();
        if (new[] { url, sha256, source }.Count(x => x is not null) != 1)
        {
            throw Query.Invalid("url", "or sha256 or source: give exactly one of the three.");
        }

        var normal = url is null ? null : NormalOf(url);
        var restricted = await call.RestrictedAsync();
        var documents = new List<DocumentStatus>();
        var isHidden = false;
        foreach (var (id, version) in source is not null ? [(source, 0)] : await FindAsync(call, normal, sha256?.ToLowerInvariant(), point.Position))
        {
            if (source is not null)
            {
                await call.RequireReadableSourceAsync(id);
            }

            isHidden |= restricted.Sources.Contains(id);
            if (!restricted.Sources.Contains(id) && await OfAsync(call, id, version, point) is { } status)
            {
                documents.Add(status);
            }
        }

        if (documents.Count == 0)
        {
            throw isHidden ? Withheld() : new ProblemException(Problem.NotFound("No recorded source version has this address, hash or id."));
        }

        await call.WriteAsync(new { url, normalised = normal, sha256, documents, position = point.Position }, point.Position);
    }

    /// <summary>The problem if only restricted sources match the question.</summary>
    internal static ProblemException Withheld() => new(Problem.Restricted("Access to that document is restricted for now; readers with the audit scope still see it."));

    /// <summary>The same as <see cref="TryNormalOf"/>, but fails with 400 if the text is neither an address nor a DOI.</summary>
    internal static string NormalOf(string url) => TryNormalOf(url) ?? throw Query.Invalid("url", "is neither a web address nor a DOI.");

    /// <summary>
    /// The normal form by which a document is found: <c>doi:…</c> for a DOI in any notation, otherwise the normalised address. Null if the text is neither.
    /// </summary>
    internal static string? TryNormalOf(string? url) => Doi.Normalise(url) is { } doi ? $"doi:{doi}" : DocumentUrl.Normalise(url);

    private static async Task<DocumentStatus?> OfAsync(ReadCall call, string id, int version, ReadPoint point)
    {
        if (await SourceView.AtAsync(call, id, point) is not { } source)
        {
            return null;
        }

        var held = source.Versions.FirstOrDefault(v => v.Version == version);
        var later = source.Versions.Where(v => v.Version > (held?.Version ?? 0)).Select(v => v.Version).ToList();
        var assertions = await SourceAssertions.AtAsync(call, id, point);
        var notices = from state in assertions
                      from notice in Notices(state)
                      where held is null || notice.Position > held.Position
                      orderby notice.Position
                      select notice;
        return new(id, source.Title, source.Publisher, held?.Version, source.Versions.Count == 0 ? 0 : source.Versions.Max(v => v.Version), held is null ? [] : later,
            [.. notices], [.. assertions.Select(View)]);
    }

    private static StatusAssertion View(Assertion state)
    {
        var standing = Standing.Of(state);
        return new(state.Id, state.Content.Proposition, standing.Label, standing.Summary, [.. standing.Flags.Select(f => f.Name).Distinct()]);
    }

    /// <summary>The corrections, and the retractions and concerns that are in force.</summary>
    private static IEnumerable<StatusNotice> Notices(Assertion state)
    {
        foreach (var record in state.Corrections.Concat(state.Entries.Open.Values.Select(e => e.Record)))
        {
            if (record.Event switch
            {
                CorrectionIssued c => c.Notice,
                RetractionIssued r => r.Notice,
                ConcernExpressed c => c.Notice,
                _ => null,
            } is { } notice)
            {
                yield return new(state.Id, EventTypes.NameOf(record.Event), notice, (record.Event as CorrectionIssued)?.Changes ?? [], record.Since, record.Position);
            }
        }
    }

    /// <summary>The source versions that an address or a hash matches. If only the source itself has the address, the version is 0.</summary>
    internal static async Task<List<(string Source, int Version)>> FindAsync(ReadCall call, string? url, string? sha256, long position)
    {
        await call.Service<ProjectionPositions>().ForAsync(DocumentProjection.ProgressName, position, 0, call.Cancelled);
        var doi = url?.StartsWith("doi:", StringComparison.Ordinal) == true ? url : null;
        if (doi is not null)
        {
            await call.Service<ProjectionPositions>().ForAsync(IdentifierProjection.ProgressName, position, 0, call.Cancelled);
        }

        await using var command = call.Store.DataSource.CreateCommand("""
            select source, max(version) from (
                select source, version from ledger_read.document where (url = $1 or sha256 = $2) and from_pos <= $3
                union all select id, version from ledger_read.identifier where name = $5 and kind = 'source' and from_pos <= $3) found
            group by source order by source limit $4
            """);
        command.Parameters.Add(new() { Value = (object?)url ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)sha256 ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = MatchesMax });
        command.Parameters.Add(new() { Value = (object?)doi ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(call.Cancelled);
        var found = new List<(string, int)>();
        while (await reader.ReadAsync(call.Cancelled))
        {
            found.Add((reader.GetString(0), reader.GetInt32(1)));
        }

        return found;
    }
}
