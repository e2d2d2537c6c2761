namespace Ledger.Domain.Tests;

/// <summary>The way into a spec: <c>Given(events).When(command).Then(events)</c> on an assertion, a source or a party.</summary>
internal static class Scenario
{
    /// <summary>An assertion's stream that holds these events.</summary>
    internal static Given<Assertion> Given(params IReadOnlyList<LedgerEvent> events) =>
        new(Ids.AssertionStream(Example.Id), Assertion.None, Assertion.Evolve, events);

    /// <summary>A source's stream that holds these events.</summary>
    internal static Given<Source> GivenSource(params IReadOnlyList<LedgerEvent> events) =>
        new(Ids.SourceStream(Example.SourceId), Source.None, Source.Evolve, events);

    /// <summary>A party's stream that holds these events.</summary>
    internal static Given<Party> GivenParty(params IReadOnlyList<LedgerEvent> events) =>
        new(Ids.PartyStream(Example.Denier), Party.None, Party.Evolve, events);

    /// <summary>A command on the assertion.</summary>
    internal static Outcome<Assertion> When(this Given<Assertion> given, Command command, Circumstances? c = null) =>
        given.When((state, _) => Assertion.Decide(state, command, c ?? Example.Unbound));

    /// <summary>A notice, as far as it touches the assertion. A server makes a new id each time that none is given.</summary>
    internal static Outcome<Assertion> When(this Given<Assertion> given, IssueNotice notice, Circumstances? c = null) =>
        given.When((state, attempt) =>
            Assertion.Decide(state, notice, notice.Items[0], notice.Id ?? $"made-{attempt}", c ?? Example.Unbound));

    /// <summary>A withdrawal of the stream's event with this version.</summary>
    internal static Outcome<Assertion> When(this Given<Assertion> given, WithdrawEvent withdrawal, int version, Circumstances? c = null) =>
        given.When((state, _) => Assertion.Decide(state, withdrawal, Example.EventId(version), c ?? Example.Unbound));

    /// <summary>A registration of the source.</summary>
    internal static Outcome<Source> When(this Given<Source> given, RegisterSource command, Circumstances? c = null) =>
        given.When((state, _) => Source.Decide(state, command, c ?? Example.Unbound));

    /// <summary>A capture of the source's next version.</summary>
    internal static Outcome<Source> When(this Given<Source> given, CaptureVersion command, Circumstances? c = null) =>
        given.When((state, _) => Source.Decide(state, command, c ?? Example.Unbound));

    /// <summary>A link from the source, or a restriction of it.</summary>
    internal static Outcome<Source> When(this Given<Source> given, Command command, Circumstances? c = null) =>
        given.When((state, _) => Source.Decide(state, command, c ?? Example.Unbound));

    /// <summary>A withdrawal of the source's event with this version.</summary>
    internal static Outcome<Source> When(this Given<Source> given, WithdrawEvent withdrawal, int version, Circumstances? c = null) =>
        given.When((state, _) => Source.Decide(state, withdrawal, Example.EventId(version), c ?? Example.Unbound));

    /// <summary>An entry of the party, new (POST) or changed (PUT).</summary>
    internal static Outcome<Party> When(this Given<Party> given, RecordParty command, bool create, Circumstances? c = null) =>
        given.When((state, _) => Party.Decide(state, command, create, c ?? Example.Unbound));

    /// <summary>The standing that the assertion's own stream tells.</summary>
    internal static Standing Standing(this Given<Assertion> given) => Domain.Standing.Of(given.State);
}
