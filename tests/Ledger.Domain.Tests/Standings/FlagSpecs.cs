using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Standings;

public class FlagSpecs
{
    private static UpstreamChanged Denied { get; } = Upstream with { CauseType = "denial_recorded", Basis = Basis.Inferred, Fields = [] };

    private static ActionAnswered Answer(int version, Outcome outcome) => new() { Upstream = 100 + version, By = Publisher, Outcome = outcome };

    private static Flag? Flag(string name, params LedgerEvent[] more) =>
        Given([Claim, .. more]).Standing().Flags.SingleOrDefault(f => f.Name == name);

    [Fact]
    public void An_open_denial_or_dispute_flags_an_assertion_as_contested()
    {
        Flag("contested").ShouldBeNull();
        Flag("contested", Denial with { PublishedAt = Time("2018-08-03") }, Position(Stance.Disputes))
            .ShouldBe(new("contested", "2018-08-03", "Denied or disputed by russia-mfa, c4ads."));
        Flag("contested", Denial, Withdrawal(2, Denial)).ShouldBeNull();
        Flag("contested", Position(Stance.Rules), Position(Stance.NoComment), Position(Stance.Concedes)).ShouldBeNull();
    }

    [Fact]
    public void An_assertion_without_independent_confirmation_is_flagged_as_single_origin()
    {
        Flag("singleOrigin")!.Detail.ShouldBe("Every recorded chain goes back to russia-labour-ministry.");
        Flag("singleOrigin", Position(Stance.Corroborates) with { Independence = Independence.Independent }).ShouldBeNull();
        Flag("singleOrigin", Position(Stance.Corroborates) with { Independence = Independence.SameOrigin }).ShouldNotBeNull();
        Flag("singleOrigin", Position(Stance.Corroborates) with { Independence = Independence.Unknown }).ShouldNotBeNull();
        Flag("singleOrigin", Position(Stance.Corroborates)).ShouldNotBeNull();
        Flag("singleOrigin", Position(Stance.Concedes)).ShouldNotBeNull();
    }

    [Fact]
    public void The_unattributed_flag_holds_since_the_correction_that_removed_the_attribution()
    {
        var emptied = Correction(Change("attribution", null, "[]")) with { PublishedAt = Time("2020-06-01") };
        Flag("unattributed", emptied)!.Since.ShouldBe("2020-06-01");
        Flag("unattributed", emptied, Correction(Change("modality", "\"asserted\"", "\"hedged\"")) with { PublishedAt = Time("2021-06-01") })!.Since.ShouldBe("2020-06-01");
    }

    [Fact]
    public void An_assertion_without_attribution_is_flagged_as_unattributed()
    {
        var flags = Given(Claim with { Attribution = [] }).Standing().Flags;
        flags.Select(f => f.Name).ShouldBe(["unattributed"]);
        Given(Claim with { Attribution = [new(Description: "documents")] }).Standing().Flags.Select(f => f.Name).ShouldBe(["singleOrigin"]);
    }

    [Theory]
    [InlineData(TimeOrder.Before, "published before the change")]
    [InlineData(TimeOrder.After, "carries the earlier value")]
    [InlineData(TimeOrder.Unknown, "order of publication unknown")]
    public void A_change_over_a_stated_link_is_flagged_as_upstream_changed(TimeOrder order, string words) =>
        Flag("upstreamChanged", Upstream with { Order = order })!.Detail
            .ShouldBe($"t05: correction issued touching figures/workers, over a link that is stated; {words}.");

    [Fact]
    public void A_change_over_an_inferred_link_is_flagged_as_possibly_affected()
    {
        Flag("possiblyAffected", Upstream with { Basis = Basis.Inferred })!.Detail.ShouldContain("over a link that is inferred");
        Flag("upstreamChanged", Upstream with { Basis = Basis.Inferred }).ShouldBeNull();
    }

    [Fact]
    public void A_denial_upstream_is_denied_elsewhere()
    {
        Flag("deniedElsewhere", Denied)!.Detail.ShouldBe("t05: denial recorded, over a link that is inferred; order of publication unknown.");
        Flag("possiblyAffected", Denied).ShouldBeNull();
    }

    [Theory]
    [InlineData(Outcome.Updated)]
    [InlineData(Outcome.Noted)]
    [InlineData(Outcome.Removed)]
    public void An_answer_clears_an_upstream_change(Outcome outcome) => Flag("upstreamChanged", Upstream, Answer(2, outcome)).ShouldBeNull();

    [Fact]
    public void A_rejected_upstream_change_stays_visible() =>
        Flag("upstreamChanged", Upstream, Answer(2, Outcome.Rejected))!.Detail.ShouldBe("the-telegraph answered: judged not to apply.");

    [Fact]
    public void Awaiting_an_answer_are_requests_and_changes_upstream_of_enrolled_publishers()
    {
        Flag("awaitingAnswer", Upstream).ShouldBeNull();
        Flag("awaitingAnswer", Requested, Upstream with { AwaitsAnswer = true })!.Detail
            .ShouldBe("No answer recorded: 1 of requests, 1 of upstream changes.");
        Flag("awaitingAnswer", Requested)!.Since.ShouldBe("2026-11-21T12:02:00.000000Z");
        Flag("awaitingAnswer", Requested, new ActionAnswered { Request = EventId(2), By = Publisher, Outcome = Outcome.Declined }).ShouldBeNull();
        Flag("awaitingAnswer", Requested, Withdrawal(2, Requested)).ShouldBeNull();
        Flag("awaitingAnswer", Upstream with { AwaitsAnswer = true }, Answer(2, Outcome.Noted)).ShouldBeNull();
    }

    [Fact]
    public void An_access_restriction_flags_an_assertion_as_restricted_until_it_is_withdrawn()
    {
        var restricted = new AccessRestricted { Reason = RestrictionReason.Embargo, Until = Time("2026-12-01") };
        Flag("restricted", restricted)!.Detail.ShouldBe("Access restricted (embargo) until 2026-12-01.");
        Flag("restricted", restricted, Withdrawal(2, restricted)).ShouldBeNull();
    }

    [Fact]
    public void Every_flag_has_its_place_in_the_list_for_filters()
    {
        LedgerEvent[] everything = [Claim, Denial, Requested, Upstream, Upstream with { Basis = Basis.Inferred }, Denied, new AccessRestricted()];
        var flags = Given(everything).Standing().Flags.Concat(Given(Claim with { Attribution = [] }).Standing().Flags).Select(f => f.Name).ToList();
        flags.Distinct().Count().ShouldBe(8);
        flags.ShouldBeSubsetOf(StandingFlags.All);
    }
}
