using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class DenialSpecs
{
    private static Contests TheFigure { get; } = new("the figure of 1,237");

    [Fact]
    public void Anyone_may_deny_with_ground_condition_and_concession() => Given(Claim)
        .When(Deny with { Concedes = "That permits are given.", Ground = "Earlier contracts.", Condition = "If this year is meant.", StatedIn = "t18" })
        .Then(Denial with { Concedes = "That permits are given.", Ground = "Earlier contracts.", Condition = "If this year is meant.", StatedIn = "t18" });

    [Fact]
    public void A_denial_rests_on_a_source_or_a_citation()
    {
        Given(Claim).When(Deny with { Source = null }).ThenRefused(RefusalCode.CitationMissing, "source");
        Given(Claim).When(Deny with { Source = null, Citation = "https://example.org/briefing" })
            .Then(Denial with { Source = null, Citation = "https://example.org/briefing" });
    }

    [Fact]
    public void An_empty_citation_is_refused() =>
        Given(Claim).When(Deny with { Source = null, Citation = "" }).ThenRefused(RefusalCode.Invalid, "citation");

    [Fact]
    public void A_denial_of_what_was_never_recorded_is_refused() => Given().When(Deny).ThenRefused(RefusalCode.NotFound);

    [Fact]
    public void The_same_denial_again_appends_nothing() => Given(Claim, Denial).When(Deny).ThenNothing();

    [Fact]
    public void The_same_denial_said_on_another_day_appends_nothing() =>
        Given(Claim, Denial).When(Deny with { OccurredAt = new("2018-08-05"), PublishedAt = new("2018-08-06") }).ThenNothing();

    [Fact]
    public void A_later_different_denial_of_the_same_part_takes_the_place_of_the_open_one()
    {
        var later = Denial with { Statement = "Only old contracts." };
        var state = Given(Claim, Denial).When(Deny with { Statement = "Only old contracts." }).Then(later).State;
        state.Entries.Standing<DenialRecorded>().ShouldHaveSingleItem().Event.Statement.ShouldBe("Only old contracts.");
        state.Entries.Find(EventId(2))!.How.ShouldBe(Closing.Updated);
    }

    [Fact]
    public void Denials_of_different_parts_stand_side_by_side() => Given(Claim, Denial)
        .When(Deny with { Contests = TheFigure })
        .Then(Denial with { Contests = TheFigure })
        .State.Entries.Standing<DenialRecorded>().Count().ShouldBe(2);

    [Fact]
    public void Denials_by_different_parties_stand_side_by_side() => Given(Claim, Denial)
        .When(Deny with { Party = Ministry })
        .Then(Denial with { Party = Ministry })
        .State.Entries.Standing<DenialRecorded>().Count().ShouldBe(2);

    [Fact]
    public void A_denial_may_reaffirm_an_earlier_one_of_the_same_party() => Given(Claim, Denial)
        .When(Deny with { Statement = "We say it again.", Reaffirms = EventId(2) })
        .Then(Denial with { Statement = "We say it again.", Reaffirms = EventId(2) });

    [Fact]
    public void A_denial_reaffirms_only_a_denial_of_the_same_party()
    {
        Given(Claim, Denial).When(Deny with { Party = Ministry, Reaffirms = EventId(2) }).ThenRefused(RefusalCode.NotOpen, "reaffirms");
        Given(Claim, Denial).When(Deny with { Reaffirms = EventId(1) }).ThenRefused(RefusalCode.NotOpen, "reaffirms");
        Given(Claim, Denial).When(Deny with { Reaffirms = EventId(9) }).ThenRefused(RefusalCode.NotOpen, "reaffirms");
    }

    [Fact]
    public void A_denial_after_its_withdrawal_is_a_new_one() => Given(Claim, Denial, Withdrawal(2, Denial)).When(Deny).Then(Denial);

    [Fact]
    public void What_a_denial_contests_is_the_whole_or_a_part_in_words()
    {
        Given(Claim).When(Deny with { Contests = new(" ") }).ThenRefused(RefusalCode.Invalid, "contests.part");
        Given(Claim).When(Deny with { Statement = " " }).ThenRefused(RefusalCode.Invalid, "statement");
    }
}
