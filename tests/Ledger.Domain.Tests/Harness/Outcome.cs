namespace Ledger.Domain.Tests;

/// <summary>A stream and a command on it: what came of it.</summary>
internal sealed class Outcome<TState>(Given<TState> given, Func<TState, int, Decision> decide)
{
    private readonly Decision _decision = decide(given.State, 0);

    /// <summary>Expects exactly these events in this order, compared in their stored form. Sends the command a second time and expects nothing new.</summary>
    internal Given<TState> Then(params IReadOnlyList<LedgerEvent> expected)
    {
        Accepted().Select(Stored.Form).ShouldBe(expected.Select(Stored.Form));
        return Repeated();
    }

    /// <summary>One event, of which a spec looks at a part only.</summary>
    internal TEvent ThenOne<TEvent>()
        where TEvent : LedgerEvent
    {
        Repeated();
        return Accepted().ShouldHaveSingleItem().ShouldBeOfType<TEvent>();
    }

    /// <summary>Accepted, with nothing to append.</summary>
    internal void ThenNothing() => Accepted().ShouldBeEmpty();

    /// <summary>Refused by this rule; the field too, where one is given.</summary>
    internal Refusal ThenRefused(RefusalCode code, string? field = null)
    {
        var reason = _decision.ShouldBeOfType<Decision.Refused>($"accepted: {_decision}").Reason;
        reason.Code.ShouldBe(code, reason.Detail);
        if (field is not null)
        {
            reason.Field.ShouldBe(field);
        }

        reason.Detail.ShouldNotBeNullOrWhiteSpace();
        return reason;
    }

    private IReadOnlyList<LedgerEvent> Accepted() =>
        _decision is Decision.Refused refused
            ? throw new ShouldAssertException($"refused, {refused.Reason.Code}: {refused.Reason.Detail}")
            : ((Decision.Accepted)_decision).Events;

    private Given<TState> Repeated()
    {
        var next = given.And(Accepted());
        var again = decide(next.State, 1).ShouldBeOfType<Decision.Accepted>($"the same command again was refused on {next.History.Count} events");
        again.Events.Select(Stored.Form).ShouldBeEmpty("the same command a second time");
        return next;
    }
}
