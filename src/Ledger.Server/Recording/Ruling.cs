using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A recording to be made: the streams that its decision needs, the rule, and the data for the answer.</summary>
internal sealed record Recording
{
    /// <summary>The streams whose states the decision needs. The last one is the stream that the answer is about.</summary>
    public required IReadOnlyList<string> Streams { get; init; }

    /// <summary>The id in the answer.</summary>
    public required string Id { get; init; }

    /// <summary>The address of the result, for the Location header.</summary>
    public required string Location { get; init; }

    /// <summary>The rule. It maps the states of the streams to the events for each stream, or to a refusal.</summary>
    public required Func<IReadOnlyDictionary<string, StreamState>, Ruling> Decide { get; init; }

    /// <summary>The edges that the recording adds to the derivation graph, which must stay free of cycles.</summary>
    public IReadOnlyList<(string From, string To)> Edges { get; init; } = [];

    /// <summary>The party that the principal acts for.</summary>
    public string? OnBehalfOf { get; init; }
}

/// <summary>The decision of a rule.</summary>
internal abstract record Ruling
{
    private Ruling()
    {
    }

    /// <summary>These events are to be appended, by stream.</summary>
    internal sealed record Accepted(IReadOnlyList<(string Stream, IReadOnlyList<(Guid Id, LedgerEvent Event)> Events)> Writes) : Ruling;

    /// <summary>Nothing is appended, for this reason.</summary>
    internal sealed record Refused(Problem Problem) : Ruling
    {
        /// <summary>The stream that refuses, if several streams were decided on.</summary>
        internal string? Stream { get; init; }
    }

    /// <summary>Turns the domain's decision on one stream into a ruling.</summary>
    internal static Ruling Of(string stream, Decision decision) => decision switch
    {
        Decision.Accepted accepted => new Accepted([(stream, [.. accepted.Events.Select(e => (Guid.CreateVersion7(), e))])]),
        Decision.Refused refused => new Refused(Problem.Of(refused.Reason)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The domain's decisions on several streams as one ruling: all of them, or the first refusal.</summary>
    internal static Ruling OfAll(IEnumerable<(string Stream, Decision Decision)> decisions)
    {
        var writes = new List<(string, IReadOnlyList<(Guid, LedgerEvent)>)>();
        foreach (var (stream, decision) in decisions)
        {
            switch (Of(stream, decision))
            {
                case Refused refused:
                    return refused with { Stream = stream };
                case Accepted accepted:
                    writes.AddRange(accepted.Writes);
                    break;
                default:
                    break;
            }
        }

        return new Accepted(writes);
    }
}
