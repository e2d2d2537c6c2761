using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Reading one assertion: the view of the present, of a version, or of a moment.</summary>
internal static class ReadAssertionRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/assertions/{id}", "Read an assertion", ReadAsync).Produces<AssertionView>().WithPage();

    private static async Task ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var version = call.Query.Number("version", 0, 1, long.MaxValue);
        var point = await call.PointAsync();
        var validAt = ReadPoints.Moment(call.Query, "validAt");
        call.Query.Done();
        await call.RequireReadableAsync(id);
        var (state, uncertain) = version > 0 ? (await AtVersionAsync(call, id, version), null) : await AtAsync(call, id, point);
        if (validAt is { } moment && state.Content.Scope?.Covers(moment) != true)
        {
            throw new ProblemException(Problem.NotFound($"What {id} states does not speak of the time in validAt; leave it out to read what it speaks of."));
        }

        MementoLinks.OnOriginal(call, "assertions", id);
        await WriteAsync(call, state, version > 0 ? point with { Position = state.Position } : point, uncertain, point.Position);
    }

    /// <summary>Writes the view of a state, with what other streams say of it at the same moment.</summary>
    internal static async Task WriteAsync(ReadCall call, Assertion state, ReadPoint point, IReadOnlyList<UncertainEvent>? uncertain, long position)
    {
        var (view, isOfStreamAlone) = await ViewAsync(call, state, point, uncertain);
        await call.WriteViewAsync(view, state.Version, position, isOfStreamAlone);
    }

    /// <summary>The view of a state, with what other streams say of it at the same moment, and whether they say nothing of it.</summary>
    internal static async Task<(AssertionView View, bool IsOfStreamAlone)> ViewAsync(
        ReadCall call, Assertion state, ReadPoint point, IReadOnlyList<UncertainEvent>? uncertain)
    {
        var searched = await PinnedEvidenceQuery.SearchedAsync(call, state, point);
        var via = await ViaPositions.OfAsync(call, state, point);
        var view = AssertionView.Of(searched, uncertain, await call.RestrictedAsync());
        return (
            view with { Standing = view.Standing with { Positions = [.. view.Standing.Positions, .. via] } },
            ReferenceEquals(searched, state) && !via.Any() && view.Links.All(l => l.Differences.All(d => d.Withheld is null)));
    }

    /// <summary>The state at a moment. If nothing was recorded or known then, ends with a 404 that says from when it was.</summary>
    internal static async Task<(Assertion State, IReadOnlyList<UncertainEvent>? Uncertain)> AtAsync(ReadCall call, string id, ReadPoint point)
    {
        var stream = Ids.AssertionStream(id);
        if (point.KnownAt is null)
        {
            var state = ((StreamState.OfAssertion)await call.States.AtAsync(stream, point.Position, call.Cancelled)).State;
            return state.Claim is not null ? (state, null) : throw await NotYetAsync(call, id, point);
        }

        var events = (await call.Store.ReadStreamAsync(stream, toPosition: point.Position, cancellationToken: call.Cancelled)).Select(e => e.ToDomain()).ToList();
        var known = Assertion.Fold(events.Where(point.Counts));
        return known.Claim is not null
            ? (known, [.. events.Where(point.IsUncertain).Select(e => new UncertainEvent(e.Id, EventTypes.NameOf(e.Event), e.Event.PublishedAt, e.Position))])
            : throw await NotYetAsync(call, id, point);
    }

    private static async Task<Assertion> AtVersionAsync(ReadCall call, string id, long version)
    {
        var events = await call.Store.ReadStreamAsync(Ids.AssertionStream(id), toVersion: version, cancellationToken: call.Cancelled);
        var state = Assertion.Fold(events.Select(e => e.ToDomain()));
        return state.Version == version && state.Claim is not null
            ? state
            : throw new ProblemException(Problem.NotFound(state.Version == 0
                ? $"No assertion {id} is recorded."
                : $"{id} has no version {version}; its newest is {state.Version}."));
    }

    private static async Task<ProblemException> NotYetAsync(ReadCall call, string id, ReadPoint point)
    {
        var now = ((StreamState.OfAssertion)await call.States.CurrentAsync(Ids.AssertionStream(id), call.Cancelled)).State;
        if (now.Claim is not { } claim)
        {
            return new(Problem.NotFound($"No assertion {id} is recorded."));
        }

        var problem = claim.Position > point.Position
            ? Problem.NotFound($"{id} was recorded at position {claim.Position}, {WireTime.Format(claim.RecordedAt)}: after the moment asked for.")
            : Problem.NotFound($"{id} is known from {claim.Since}: not by the moment asked for.");
        return new(problem with
        {
            Members = new Dictionary<string, object?> { ["knownFrom"] = claim.Since, ["knownFromMoment"] = WireTime.Format(claim.Known.To), ["recordedAt"] = WireTime.Format(claim.RecordedAt), ["position"] = claim.Position },
        });
    }
}
