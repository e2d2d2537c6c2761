using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// Prepares a command. Everything that it names must exist. Facts that its rule needs from other streams are looked up: the publication of the cited
/// version and the time zone. These facts never change once they are recorded, so they are read before the turns of the streams are taken.
/// </summary>
internal sealed class Commands(Recorder recorder, StreamStates states, TimeProvider clock)
{
    /// <summary>Records the events that the rule of one assertion gives for a command.</summary>
    internal async Task<Answer> OnAssertionAsync(CommandCall call, string id, Command command)
    {
        var stream = Ids.AssertionStream(id);
        RequireId(id);
        await RequireAsync(command, call.Context.RequestAborted);
        var own = command is RecordClaim ? null : SourceOf(await states.NextAsync(stream, IsBegun, call.Context.RequestAborted));
        var circumstances = await CircumstancesAsync(call, command, own);
        return await recorder.RecordAsync(
            new()
            {
                Streams = [.. Supersession.Superseded(command).Where(s => s != stream), stream],
                Id = id,
                Location = $"/v1/assertions/{id}",
                OnBehalfOf = command.OnBehalfOf,
                Edges = command is AddLink link ? LinkGraph.EdgesOf(stream, link) : [],
                Decide = current => command is not RecordClaim && SourceOf(current[stream]) != own
                    ? new Ruling.Refused(Recorder.Contended)
                    : Supersession.WithCopies(Ruling.Of(stream, Assertion.Decide(StateOf(current, stream), command, circumstances)), id),
            }, call.Request, call.Context.RequestAborted);
    }

    /// <summary>Records the events that the rule of one source gives for a command.</summary>
    internal async Task<Answer> OnSourceAsync(CommandCall call, string id, Command command, Func<Source, Circumstances, Decision> decide)
    {
        var stream = Ids.SourceStream(id);
        RequireId(id);
        await RequireAsync(command, call.Context.RequestAborted);
        var circumstances = new Circumstances(call.Request.Actor, clock.GetUtcNow());
        return await recorder.RecordAsync(
            new()
            {
                Streams = [stream],
                Id = id,
                Location = $"/v1/sources/{id}",
                OnBehalfOf = command.OnBehalfOf,
                Edges = command is AddLink link ? LinkGraph.EdgesOf(stream, link) : command is CaptureVersion capture ? LinkGraph.EdgesOf(stream, capture) : [],
                Decide = current => Ruling.Of(stream, decide(((StreamState.OfSource)current[stream]).State, circumstances)),
            }, call.Request, call.Context.RequestAborted);
    }

    /// <summary>Records the events that the rule of one party gives for a command.</summary>
    internal async Task<Answer> OnPartyAsync(CommandCall call, string id, RecordParty command, bool create)
    {
        var stream = Ids.PartyStream(id);
        RequireId(id);
        if (!create && call.Request.Actor.Party is { } bound && bound != id)
        {
            throw new ProblemException(Problem.Of(new(RefusalCode.BoundToAnotherParty, $"This key acts for {bound} alone; only {bound}'s own entry is changed with it.")));
        }

        await RequireAsync(command with { OnBehalfOf = command.OnBehalfOf == id ? null : command.OnBehalfOf }, call.Context.RequestAborted);
        var circumstances = new Circumstances(call.Request.Actor, clock.GetUtcNow());
        return await recorder.RecordAsync(
            new()
            {
                Streams = [stream],
                Id = id,
                Location = $"/v1/parties/{id}",
                OnBehalfOf = command.OnBehalfOf,
                Decide = current => Ruling.Of(stream, Party.Decide(((StreamState.OfParty)current[stream]).State, command, create, circumstances)),
            }, call.Request, call.Context.RequestAborted);
    }

    /// <summary>Records events on several streams in one append.</summary>
    internal Task<Answer> RecordAsync(CommandCall call, Recording recording) => recorder.RecordAsync(recording, call.Request, call.Context.RequestAborted);

    /// <summary>
    /// The facts from other streams that a rule may use: the publication and the hash of the cited version, the time zone and the publisher.
    /// </summary>
    internal async Task<Circumstances> CircumstancesAsync(CommandCall call, Command command, string? assertion) => await CircumstancesAsync(
        call, command, assertion is null ? null : SourceOf(await states.KnownAsync(Ids.AssertionStream(assertion), IsBegun, call.Context.RequestAborted)));

    /// <summary>The same for a command on an assertion whose own source is known.</summary>
    private async Task<Circumstances> CircumstancesAsync(CommandCall call, Command command, SourceVersion? own)
    {
        var cancellationToken = call.Context.RequestAborted;
        var circumstances = new Circumstances(call.Request.Actor, clock.GetUtcNow());
        var cited = command switch
        {
            RecordClaim claim => claim.Source,
            CitingCommand citing => citing.Source,
            AttachEvidence evidence when (evidence.SourceVersion.Id ?? own?.Id) is { } id => new SourceVersion(id, evidence.SourceVersion.Version),
            _ => null,
        };
        if ((cited ?? own) is not { } spokenOf)
        {
            return circumstances;
        }

        var source = await states.SourceAsync(spokenOf.Id, spokenOf.Version, cancellationToken);
        var version = cited is null ? null : source.Captured(cited.Version);
        if (command is AttachEvidence && version is null && spokenOf.Version > 0)
        {
            throw Unknown(new(Ids.SourceStream(spokenOf.Id), "sourceVersion", spokenOf.Version));
        }

        return circumstances with
        {
            Zone = source.Zone,
            Publisher = source.Registered?.Publisher,
            CitedPublication = version?.PublishedAt,
            CitedSha256 = version?.Sha256,
        };
    }

    /// <summary>Throws a refusal if something that the command names was never recorded.</summary>
    internal async Task RequireAsync(Command command, CancellationToken cancellationToken)
    {
        IEnumerable<Reference> actsFor = command.OnBehalfOf is { } party ? [Reference.Party(party, "onBehalfOf")] : [];
        foreach (var reference in command.References.Concat(actsFor))
        {
            if (!Ids.IsId(Ids.OfStream(reference.Stream).Id) || reference.SourceVersion < 1)
            {
                continue; // The command's own checks give a better message.
            }

            var state = await states.KnownAsync(reference.Stream, s => Has(s, reference), cancellationToken);
            if (!Has(state, reference))
            {
                throw Unknown(reference);
            }
        }
    }

    /// <summary>Fails with 404 if an id in the route does not have the form of an id. Nothing can be recorded under it.</summary>
    internal static void RequireId(string id)
    {
        if (!Ids.IsId(id))
        {
            throw new ProblemException(Problem.NotFound($"\"{id}\" is no id: ids match [a-z0-9][a-z0-9-]{{1,79}}."));
        }
    }

    internal static Assertion StateOf(IReadOnlyDictionary<string, StreamState> current, string stream) => ((StreamState.OfAssertion)current[stream]).State;

    private static bool IsBegun(StreamState state) => state.Version > 0;

    /// <summary>The source version of an assertion. Null as long as it has no claim.</summary>
    private static SourceVersion? SourceOf(StreamState assertion) => (((StreamState.OfAssertion)assertion).State.Claim?.Event as ClaimRecorded)?.Source;

    private static bool Has(StreamState state, Reference reference) => state switch
    {
        StreamState.OfSource source => source.State.Registered is not null
            && (reference.SourceVersion is not { } version || source.State.Versions.ContainsKey(version)),
        StreamState.OfAssertion assertion => assertion.State.Claim is not null,
        StreamState.OfParty party => party.State.Entry is not null,
        _ => false,
    };

    private static ProblemException Unknown(Reference reference)
    {
        var (type, id) = Ids.OfStream(reference.Stream);
        var version = reference.SourceVersion is { } n ? $" version {n}" : "";
        var route = type switch { "party" => "/v1/parties", "source" when version.Length > 0 => $"/v1/sources/{id}/versions", "source" => "/v1/sources", _ => "/v1/assertions" };
        return new(Problem.Of(new(RefusalCode.UnknownReference, $"{reference.Field}: no {type} {id}{version} was recorded; record it first with POST {route}.", reference.Field)));
    }
}
