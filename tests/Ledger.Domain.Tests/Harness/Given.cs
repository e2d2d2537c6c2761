using System.Collections.Immutable;

namespace Ledger.Domain.Tests;

/// <summary>A stream with its state; the events went through their stored form first.</summary>
internal sealed class Given<TState>
{
    private readonly string _stream;
    private readonly Func<TState, Recorded, TState> _evolve;

    internal Given(string stream, TState none, Func<TState, Recorded, TState> evolve, IReadOnlyList<LedgerEvent> events)
    {
        (_stream, _evolve, State) = (stream, evolve, none);
        History = [];
        foreach (var e in events)
        {
            var recorded = Example.Recorded(_stream, History.Count + 1, Stored.RoundTrip(e));
            (History, State) = (History.Add(recorded), evolve(State, recorded));
        }
    }

    private Given(Given<TState> before, IReadOnlyList<LedgerEvent> more)
        : this(before._stream, before.State, before._evolve, [])
    {
        History = before.History;
        foreach (var e in more)
        {
            var recorded = Example.Recorded(_stream, History.Count + 1, Stored.RoundTrip(e));
            (History, State) = (History.Add(recorded), _evolve(State, recorded));
        }
    }

    /// <summary>The events as recorded.</summary>
    internal ImmutableList<Recorded> History { get; }

    /// <summary>What they fold to.</summary>
    internal TState State { get; }

    /// <summary>The same stream with more events.</summary>
    internal Given<TState> And(params IReadOnlyList<LedgerEvent> more) => new(this, more);

    /// <summary>The answer of the stream to a command. The command gets the number of times it was sent before.</summary>
    internal Outcome<TState> When(Func<TState, int, Decision> decide) => new(this, decide);
}
