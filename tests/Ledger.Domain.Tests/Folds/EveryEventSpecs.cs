using System.Text.Json.Nodes;
using Ledger.Domain.Tests.Storing;

namespace Ledger.Domain.Tests.Folds;

/// <summary>No fold fails on any event: known, unknown, from another kind of stream, or with erased content.</summary>
public class EveryEventSpecs
{
    public static TheoryData<string> Types { get; } = [.. StoredEvents.ByType.Keys, "mood_recorded"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_fold_takes_every_event(string type) =>
        Fold(EventTypes.Deserialize(type, StoredEvents.ByType.GetValueOrDefault(type, "{}")), Everything);

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_fold_takes_every_event_of_which_all_was_erased(string type) => Fold(EventTypes.Deserialize(type, "{}"), Everything);

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_fold_takes_every_event_of_which_one_field_was_erased(string type)
    {
        var data = JsonNode.Parse(StoredEvents.ByType.GetValueOrDefault(type, "{}"))!.AsObject();
        foreach (var field in data.Select(p => p.Key).ToList())
        {
            var erased = data.DeepClone().AsObject();
            erased.Remove(field);
            Fold(EventTypes.Deserialize(type, erased.ToJsonString()), [Example.Claim, Example.Denial]);
        }
    }

    [Fact]
    public void A_correction_holds_though_another_field_of_the_claim_was_erased()
    {
        var correction = Example.Correction(Example.Change("modality", "\"asserted\"", "\"hedged\""));
        Scenario.Given(new ClaimRecorded(), correction).State.Content.Modality.ShouldBe(Modality.Hedged);
        var unusual = Example.Claim with { Attribution = [new("[erased]", "both")], Topics = [" "] };
        Scenario.Given(unusual, correction).State.Content.Modality.ShouldBe(Modality.Hedged);
    }

    [Fact]
    public void Every_event_advances_the_version()
    {
        var assertion = Scenario.Given([.. StoredEvents.All, new UnknownEvent("mood_recorded", Example.Json("{}"))]);
        assertion.State.Version.ShouldBe(Everything.Length + 1);
        assertion.State.Position.ShouldBe(assertion.History[^1].Position);
        assertion.State.RecordedAt.ShouldBe(assertion.History[^1].RecordedAt);
        Scenario.GivenSource(Everything).State.Version.ShouldBe(Everything.Length);
        Scenario.GivenParty(Everything).State.Version.ShouldBe(Everything.Length);
    }

    private static LedgerEvent[] Everything { get; } = [.. StoredEvents.All];

    /// <summary>Folds the event alone, after others and before others. Every state can be shown and takes commands.</summary>
    private static void Fold(LedgerEvent e, LedgerEvent[] others)
    {
        foreach (var events in new LedgerEvent[][] { [e], [.. others, e, e], [e, .. others] })
        {
            var assertion = Scenario.Given(events);
            assertion.Standing().Label.ShouldNotBeNullOrEmpty();
            _ = assertion.When(Example.Deny);
            _ = assertion.When(Example.Correct(Example.Change("figures/workers", "1237", "1273")));
            _ = assertion.When(Example.Withdraw, events.Length);
            var source = Scenario.GivenSource(events);
            source.State.Zone.ShouldNotBeNull();
            _ = source.When(new CaptureVersion { Edition = "print", Seen = true });
            _ = Scenario.GivenParty(events).When(new RecordParty { Name = "x", Kind = "x" }, create: false);
        }
    }
}
