using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The folded state of a stream. There are three kinds of streams.</summary>
internal abstract record StreamState
{
    private StreamState()
    {
    }

    internal abstract long Version { get; }

    internal abstract long Position { get; }

    internal abstract StreamState Evolve(Recorded e);

    internal sealed record OfParty(Party State) : StreamState
    {
        internal override long Version => State.Version;

        internal override long Position => State.Position;

        internal override StreamState Evolve(Recorded e) => new OfParty(Party.Evolve(State, e));
    }

    internal sealed record OfSource(Source State) : StreamState
    {
        internal override long Version => State.Version;

        internal override long Position => State.Position;

        internal override StreamState Evolve(Recorded e) => new OfSource(Source.Evolve(State, e));
    }

    internal sealed record OfAssertion(Assertion State) : StreamState
    {
        internal override long Version => State.Version;

        internal override long Position => State.Position;

        internal override StreamState Evolve(Recorded e) => new OfAssertion(Assertion.Evolve(State, e));
    }

    /// <summary>The state of a stream before its first event.</summary>
    internal static StreamState Empty(string stream)
    {
        var (type, id) = Ids.OfStream(stream);
        return type switch
        {
            "party" => new OfParty(Party.None),
            "source" => new OfSource(Source.None with { Id = id }),
            "assertion" => new OfAssertion(Assertion.None with { Id = id }),
            _ => throw new System.Diagnostics.UnreachableException($"There are no streams of type {type}."),
        };
    }
}

/// <summary>Maps the events of the store to those of the domain.</summary>
internal static class EventMapping
{
    internal static Recorded ToDomain(this RecordedEvent e)
    {
        var (recordedBy, onBehalfOf) = e.Recorder;
        return new(e.Id, e.Stream, e.Version, e.Position, e.RecordedAt, SharedText.Of(recordedBy), onBehalfOf, EventTypes.Deserialize(e.Type, e.Data));
    }

    /// <summary>Maps an event that Marten passes to a read model. The recorder is left out, because no read model needs it.</summary>
    internal static Recorded ToDomain(this IEvent e) =>
        new(e.Id, e.StreamKey!, e.Version, e.Sequence, e.Timestamp, "", null, (LedgerEvent)e.Data);
}
