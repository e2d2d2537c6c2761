using Ledger.Domain;

namespace Ledger.Server;

/// <summary>What is to be recorded: on which streams it is decided, and what is answered.</summary>
internal sealed record Recording
{
    /// <summary>The streams whose states the decision needs, the one that the answer speaks of last.</summary>
    public required IReadOnlyList<string> Streams { get; init; }

    /// <summary>The id in the answer.</summary>
    public required string Id { get; init; }

    /// <summary>Where the answer sends the reader.</summary>
    public required string Location { get; init; }

    /// <summary>The rule: from the states and a source of fresh ids to the events of each stream, or a refusal.</summary>
    public required Func<IReadOnlyDictionary<string, StreamState>, Ruling> Decide { get; init; }

    /// <summary>Whether it adds edges to the graph of derivation, which must stay free of cycles: from where to where.</summary>
    public IReadOnlyList<(string From, string To)> Edges { get; init; } = [];

    /// <summary>The party that the principal acts for.</summary>
    public string? OnBehalfOf { get; init; }
}

/// <summary>What the rule says.</summary>
internal abstract record Ruling
{
    private Ruling()
    {
    }

    /// <summary>These events, by stream.</summary>
    internal sealed record Accepted(IReadOnlyList<(string Stream, IReadOnlyList<(Guid Id, LedgerEvent Event)> Events)> Writes) : Ruling;

    /// <summary>Nothing at all, for this reason.</summary>
    internal sealed record Refused(Problem Problem) : Ruling
    {
        /// <summary>Where several streams were decided on: the one that refuses.</summary>
        internal string? Stream { get; init; }
    }

    /// <summary>The domain's decision on one stream as a ruling.</summary>
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
