using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A party as a list shows it.</summary>
public sealed record PartyView(
    string Id, string Name, string Kind, IReadOnlyList<string> Aliases, bool Enrolled, DateTimeOffset RecordedAt, long Version, long Position)
{
    /// <summary>The view at a moment. Null if the party was not recorded or not known by then.</summary>
    internal static async Task<PartyView?> AtAsync(ReadCall call, string id, ReadPoint point)
    {
        var stream = Ids.PartyStream(id);
        var party = point.KnownAt is null
            ? ((StreamState.OfParty)await call.States.AtAsync(stream, point.Position, call.Cancelled)).State
            : (await call.Store.ReadStreamAsync(stream, toPosition: point.Position, cancellationToken: call.Cancelled))
                .Select(e => e.ToDomain()).Where(point.Counts).Aggregate(Party.None, Party.Evolve);
        return Of(id, party);
    }

    /// <summary>The views of several parties at a moment, read with one query. Parties that were not recorded or not known by then are left out.</summary>
    internal static async Task<IReadOnlyList<PartyView>> AllAtAsync(ReadCall call, IReadOnlyCollection<string> ids, ReadPoint point) =>
    [
        .. (await call.Store.ReadStreamsAsync([.. ids.Select(Ids.PartyStream)], point.Position, call.Cancelled)).GroupBy(e => e.Stream, StringComparer.Ordinal)
            .Select(stream => Of(Ids.OfStream(stream.Key).Id, stream.Select(e => e.ToDomain()).Where(point.Counts).Aggregate(Party.None, Party.Evolve)))
            .OfType<PartyView>().OrderBy(v => v.Id, StringComparer.Ordinal),
    ];

    private static PartyView? Of(string id, Party party) => party.Entry is { } e
        ? new(id, e.Name, e.Kind, e.Aliases, e.Enrolled, party.RecordedAt!.Value, party.Version, party.Position)
        : null;
}

/// <summary>What a party said about an assertion, or what others said about an assertion that the party published.</summary>
public sealed record PartyStatement(string Assertion, string Proposition, string Label, StandingPosition Position);

/// <summary>Reads parties: the entry, everything that the party said, and everything that others said about what it published or said.</summary>
internal static class PartyViews
{
    /// <summary>The page of a party reads at most this many of its newest assertions. The list with ?party= pages through all of them.</summary>
    private const int AssertionsMax = 200;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/v1/parties", "List parties", call => CatalogPage.WriteAsync(call, "party", (id, point) => PartyView.AtAsync(call, id, point)));
        routes.MapRead("/v1/parties/{id}", "Read a party: what it said, and what was said of that", ReadAsync).WithPage();
    }

    private static async Task ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var point = await call.PointAsync();
        call.Query.Done();
        var (party, said, saidOf) = await ReadAsync(call, id, point);
        await call.WriteViewAsync(
            new { party.Id, party.Name, party.Kind, party.Aliases, party.Enrolled, said, saidOf, party.RecordedAt, party.Version, party.Position },
            party.Version, point.Position, isOfStreamAlone: false);
    }

    /// <summary>The party at a moment, with what it said and what others said about that. Fails with 404 if the party was not recorded by then.</summary>
    internal static async Task<(PartyView Party, IReadOnlyList<PartyStatement> Said, IReadOnlyList<PartyStatement> SaidOf)> ReadAsync(
        ReadCall call, string id, ReadPoint point)
    {
        Commands.RequireId(id);
        var party = await PartyView.AtAsync(call, id, point)
            ?? throw new ProblemException(Problem.NotFound($"No party {id} is recorded, or not by the moment asked for."));
        await call.Service<ProjectionPositions>().ForAsync(AssertionListProjection.ProgressName, point.Position, 0, call.Cancelled);
        var rows = await new ListQuery(point, new() { Party = id }, true, AssertionsMax, await call.RestrictedAsync()).RunAsync(call.Store, call.States, call.Cancelled);
        var said = new List<PartyStatement>();
        var saidOf = new List<PartyStatement>();
        foreach (var assertion in rows.Select(r => r.Id))
        {
            var stream = await call.Store.ReadStreamAsync(Ids.AssertionStream(assertion), toPosition: point.Position, cancellationToken: call.Cancelled);
            var state = Assertion.Fold(stream.Select(e => e.ToDomain()).Where(point.Counts));
            if (state.Claim is null)
            {
                continue;
            }

            var label = StandingLabel.Of(state).Label;
            foreach (var position in StandingPositions.Of(state))
            {
                (position.Party == id ? said : saidOf).Add(new(assertion, state.Content.Proposition, label, position));
            }
        }

        return (party, said, saidOf);
    }
}
