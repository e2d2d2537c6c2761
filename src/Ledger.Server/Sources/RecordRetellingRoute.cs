using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A partner's "we ran this there": which source, or which assertions.</summary>
internal sealed record RecordRetelling
{
    /// <summary>The id of the new source; made by the server where it is left out.</summary>
    public string? Id { get; init; }

    public required string Publisher { get; init; }

    public required string Url { get; init; }

    public required string Title { get; init; }

    public required TimeInput PublishedAt { get; init; }

    /// <summary>The id of a source, all of whose assertions were run; or the ids of assertions.</summary>
    public required System.Text.Json.JsonElement Of { get; init; }

    public string? TimeZone { get; init; }

    public string? Language { get; init; }

    public string? OnBehalfOf { get; init; }

    public TimeInput? OccurredAt { get; init; }
}

/// <summary>
/// Records a whole retelling: the source, its version with what it is based on, and for each retold assertion a new one that restates it.
/// </summary>
internal static class RecordRetellingRoute
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.MapCommand<RecordRetelling>("/v1/retellings", "Record that a story was run elsewhere", RecordAsync);

    private static async Task<Answer> RecordAsync(CommandCall call, RecordRetelling body)
    {
        var cancelled = call.Context.RequestAborted;
        if (call.Request.Actor.Party is { } bound && bound != body.Publisher)
        {
            throw new ProblemException(Problem.Of(new(RefusalCode.BoundToAnotherParty, $"This key acts for {bound} alone; it says what {bound} ran.", "publisher")));
        }

        var told = await ToldAsync(call, body);
        var id = NewIds.Or(body.Id);
        Commands.RequireId(id);
        var register = new RegisterSource
        {
            Id = id, Kind = "article", Title = body.Title, Publisher = body.Publisher, Url = body.Url, TimeZone = body.TimeZone, Language = body.Language,
            OnBehalfOf = body.OnBehalfOf, OccurredAt = body.OccurredAt,
        };
        var capture = new CaptureVersion
        {
            Edition = "retelling", Seen = true, Url = body.Url, PublishedAt = body.PublishedAt, OnBehalfOf = body.OnBehalfOf,
            BasedOn = [.. told.Select(t => ProvenanceGraph.Claim(t).Source).Distinct().Select(s => new Derivation(s.Id, s.Version, DerivationKind.Syndicates))],
        };
        await call.Commands.RequireAsync(register, cancelled);
        var circumstances = await call.Commands.CircumstancesAsync(call, register, null);
        var claims = told.Select(t => (Id: Guid.CreateVersion7().ToString(), Command: Claim(t, id, body))).ToList();
        var source = Ids.SourceStream(id);
        return await call.Commands.RecordAsync(call, new()
        {
            Streams = [.. claims.Select(c => Ids.AssertionStream(c.Id)), source],
            Id = id,
            Location = $"/v1/sources/{id}",
            OnBehalfOf = body.OnBehalfOf,
            Decide = current => Decide(((StreamState.OfSource)current[source]).State, source, register, capture, claims, circumstances),
        });
    }

    private static Ruling Decide(
        Source state, string stream, RegisterSource register, CaptureVersion capture, List<(string Id, RecordClaim Command)> claims, Circumstances c)
    {
        var writes = new List<(string, IReadOnlyList<(Guid, LedgerEvent)>)>();
        var own = new List<(Guid, LedgerEvent)>();
        if (state.Registered is not null)
        {
            return new Ruling.Refused(Problem.Of(new(RefusalCode.IdTaken, "Another source has this id; choose another id, or leave it out.", "id")));
        }

        StatedTime? published = null;
        foreach (var decide in new Func<Source, Decision>[] { s => Source.Decide(s, register, c), s => Source.Decide(s, capture, c) })
        {
            if (Ruling.Of(stream, decide(state)) is not Ruling.Accepted { Writes: [var (_, events)] } accepted)
            {
                return Ruling.Of(stream, decide(state));
            }

            foreach (var (id, e) in events)
            {
                own.Add((id, e));
                state = Source.Evolve(state, new(id, stream, state.Version + 1, 0, c.Now, c.Actor.Principal, null, e));
                published = (e as VersionCaptured)?.PublishedAt ?? published;
            }
        }

        writes.Add((stream, own));
        foreach (var (id, command) in claims)
        {
            var decision = Assertion.Decide(Assertion.None with { Id = id }, command, c with { Zone = state.Zone, Publisher = register.Publisher, CitedPublication = published });
            if (Ruling.Of(Ids.AssertionStream(id), decision) is not Ruling.Accepted accepted)
            {
                return Ruling.Of(Ids.AssertionStream(id), decision);
            }

            writes.AddRange(accepted.Writes);
        }

        return new Ruling.Accepted(writes);
    }

    /// <summary>
    /// The same content as a statement of the partner. It restates the told assertion. The basis of that link is "stated", because the partner itself says
    /// so.
    /// </summary>
    private static RecordClaim Claim(Assertion told, string source, RecordRetelling body) => new()
    {
        Proposition = told.Content.Proposition, Source = new(source, 1), Part = told.Content.Part, Modality = told.Content.Modality,
        Attribution = [.. told.Content.Attribution, new(body.Publisher, null, "publisher")], Figures = told.Content.Figures,
        Scope = told.Content.Scope is { } s ? new(s.Place, Input(s.From), Input(s.To)) : null, Language = body.Language ?? told.Content.Language,
        Topics = told.Content.Topics, OnBehalfOf = body.OnBehalfOf,
        Links = [new() { To = new(told.Id, null), Relation = Relation.Restates, Basis = Basis.Stated }],
    };

    private static TimeInput? Input(StatedTime? time) => time is null ? null : new(time.Value, time.Basis);

    private static async Task<IReadOnlyList<Assertion>> ToldAsync(CommandCall call, RecordRetelling body)
    {
        var read = new ReadCall(call.Context, audits: true);
        var head = await read.Store.HeadAsync(read.Cancelled);
        var point = new ReadPoint(head, true, null);
        IReadOnlyList<Assertion> told;
        if (body.Of.ValueKind == System.Text.Json.JsonValueKind.String)
        {
            told = await SourceAssertions.AtAsync(read, body.Of.GetString()!, point);
        }
        else
        {
            List<string> ids = body.Of.ValueKind == System.Text.Json.JsonValueKind.Array
                ? [.. body.Of.EnumerateArray().Select(x => x.ValueKind == System.Text.Json.JsonValueKind.String ? x.GetString()! : "")] : [];
            var states = await SourceAssertions.FoldAsync(read, ids.Distinct(StringComparer.Ordinal).ToList(), point);
            told = ids.Find(i => !states.ContainsKey(i)) is { } missing
                ? throw new ProblemException(Problem.Of(new(RefusalCode.UnknownReference, $"of: no assertion {missing} was recorded.", "of")))
                : [.. states.Values];
        }

        return told.Count is > 0 and <= Limits.ItemsMax
            ? told
            : throw new ProblemException(Problem.BadRequest("invalid", $"of: names a source with assertions, or assertions by their ids; {Limits.ItemsMax} at most, {told.Count} were found.", "of"));
    }
}
