using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Ledger.Domain.Tests.Folds;

/// <summary>Properties of every history and of every part of one: asOf cuts a history short, and knownAt leaves out events in the middle.</summary>
public class FoldSpecs
{
    private static Arbitrary<int> Choice { get; } = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void A_fold_with_some_events_left_out_never_fails() => Prop.ForAll(RandomHistory.Choices, RandomHistory.Masks, (choices, mask) =>
    {
        var history = RandomHistory.Of(choices);
        var known = history.Where((_, index) => mask[index]).ToList();
        var state = Assertion.Fold(known);
        var standing = Standing.Of(state);
        return (known is [.., var last] ? state.Version == last.Version : state.Version == 0)
            && StandingLabel.Precedence.Any(label => standing.Label == label || standing.Label == label + " in part");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_reference_to_an_event_that_is_left_out_changes_nothing() => Prop.ForAll(RandomHistory.Choices, choices =>
    {
        // When the acts are left out of a history, the events that close them close nothing.
        var closings = RandomHistory.Of(choices).Where(r => r.Event is ClaimRecorded or Withdrawn or ActionAnswered { Request: not null });
        var entries = Assertion.Fold(closings).Entries;
        return entries.Open.IsEmpty && entries.Closed.IsEmpty;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_party_has_one_open_denial_of_a_part_and_one_open_position_of_a_stance() => Prop.ForAll(RandomHistory.Choices, choices =>
    {
        var entries = Assertion.Fold(RandomHistory.Of(choices)).Entries;
        return entries.Standing<DenialRecorded>().GroupBy(d => (d.Event.Party, d.Event.Contests)).All(g => g.Count() == 1)
            && entries.Standing<PositionRecorded>().GroupBy(p => (p.Event.Party, p.Event.Stance)).All(g => g.Count() == 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_repeated_command_appends_nothing() => Prop.ForAll(RandomHistory.Choices, Choice, (choices, choice) =>
    {
        var given = Scenario.Given([.. RandomHistory.Of(choices).Select(r => r.Event)]);
        // A withdrawal or an answer takes its target from the state, and a correction its value. In another state the same choice is another command.
        return choice % 11 is 3 or 4 or 5 or 7 or 8
            || RandomHistory.Decide(given.State, choice) is not Decision.Accepted { Events: { Count: > 0 } events }
            || RandomHistory.Decide(given.And(events).State, choice) is Decision.Accepted { Events.Count: 0 };
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Folding_on_from_a_state_is_folding_from_the_start() => Prop.ForAll(RandomHistory.Choices, Gen.Choose(0, 25).ToArbitrary(), (choices, cut) =>
    {
        var history = RandomHistory.Of(choices);
        var resumed = history.Skip(cut).Aggregate(Assertion.Fold(history.Take(cut)), Assertion.Evolve);
        return Shown(resumed) == Shown(Assertion.Fold(history));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_denial_that_is_not_yet_known_leaves_no_trace_in_the_standing()
    {
        var given = Scenario.Given(Example.Claim, Example.Denial, Example.Withdrawal(2, Example.Denial), Example.Retraction());
        var unknown = Assertion.Fold(given.History.Where(r => r.Event is not DenialRecorded));
        Standing.Of(unknown).Label.ShouldBe("retracted");
        Standing.Of(unknown).Positions.Select(p => p.Stance).ShouldBe(["asserts", "relays"]);
        unknown.Version.ShouldBe(4);
    }

    [Fact]
    public void Random_histories_reach_most_labels_and_close_in_every_way()
    {
        // About one history in twenty answers a request, so a thousand histories always contain one.
        var states = Gen.Sample(RandomHistory.Choices.Generator, 1000).Select(choices => Assertion.Fold(RandomHistory.Of(choices))).ToList();
        states.Select(s => Standing.Of(s).Label).Distinct().Count().ShouldBeGreaterThan(5);
        states.SelectMany(s => s.Entries.Closed.Values).Select(e => e.How).Distinct().ShouldBe(Enum.GetValues<Closing>(), ignoreOrder: true);
    }

    private static string Shown(Assertion state) =>
        JsonSerializer.Serialize((object)new { Standing = Standing.Of(state), state.Content, state.Version }, DomainJson.Stored);
}
