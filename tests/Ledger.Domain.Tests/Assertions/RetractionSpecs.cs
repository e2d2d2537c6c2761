using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class RetractionSpecs
{
    private static IssueNotice Retract { get; } = Notice(NoticeKind.Retraction);

    private static IssueNotice InPart { get; } = Retract with { Items = [new() { Assertion = Id, Extent = Extent.Partial }] };

    [Fact]
    public void A_retraction_without_an_extent_is_full() => Given(Claim).When(Retract).Then(Retraction()).State.IsRetracted.ShouldBeTrue();

    [Fact]
    public void A_retraction_may_be_of_a_part() => Given(Claim).When(InPart).Then(Retraction(Extent.Partial)).State.IsRetracted.ShouldBeFalse();

    [Fact]
    public void The_same_retraction_again_appends_nothing() => Given(Claim, Retraction()).When(Retract with { Id = null }).ThenNothing();

    [Fact]
    public void Another_full_retraction_by_the_same_party_appends_nothing_so_that_one_withdrawal_reinstates()
    {
        var other = Retract with { Id = "n2", Text = "We retract this again." };
        Given(Claim, Retraction()).When(other).ThenNothing();
        Given(Claim, Retraction()).When(other with { Items = InPart.Items }).ThenNothing();
        Given(Claim, Retraction() with { Publisher = Ministry }).When(Retract).Then(Retraction());
        Given(Claim, Retraction(), Withdrawal(2, Retraction())).When(other)
            .Then(Retraction() with { Notice = new("n2", "We retract this again.") }).State.IsRetracted.ShouldBeTrue();
    }

    [Fact]
    public void A_speaker_retracts_its_own_words() => Given(Claim)
        .When(Retract with { Publisher = Ministry })
        .Then(Retraction() with { Publisher = Ministry });

    [Fact]
    public void A_speaker_issues_no_other_notice() =>
        Given(Claim).When(Notice(NoticeKind.Concern) with { Publisher = Ministry }).ThenRefused(RefusalCode.NotThePublisher);

    [Fact]
    public void A_retracted_assertion_takes_no_correction_until_the_retraction_is_withdrawn()
    {
        var change = Change("figures/workers", "1237", "1273");
        var correct = Correct(change) with { Id = "n2" };
        Given(Claim, Retraction()).When(correct).ThenRefused(RefusalCode.Retracted);
        Given(Claim, Retraction()).When(Notice(NoticeKind.Update) with { Id = "n2" }).ThenRefused(RefusalCode.Retracted);
        Given(Claim, Retraction(), Withdrawal(2, Retraction())).When(correct)
            .Then(Correction(change) with { Notice = new("n2", "An earlier version was wrong.") });
    }

    [Fact]
    public void A_partly_retracted_assertion_takes_corrections()
    {
        var change = Change("figures/workers", "1237", "1273");
        Given(Claim, Retraction(Extent.Partial)).When(Correct(change) with { Id = "n2" })
            .Then(Correction(change) with { Notice = new("n2", "An earlier version was wrong.") });
    }

    [Fact]
    public void A_partly_retracted_assertion_may_be_retracted_as_a_whole() =>
        Given(Claim, Retraction(Extent.Partial)).When(Retract).Then(Retraction()).State.IsRetracted.ShouldBeTrue();

    [Fact]
    public void A_full_retraction_takes_the_place_of_a_partial_one_so_that_its_withdrawal_reinstates_the_whole()
    {
        var full = Retraction() with { Notice = new("n2", "We retract all of it.") };
        var both = Given(Claim, Retraction(Extent.Partial), full);
        both.Standing().Label.ShouldBe("retracted");
        both.And(Withdrawal(3, full)).Standing().Label.ShouldBe("reported");
        both.When(Withdraw, 2).ThenRefused(RefusalCode.NotOpen);
        Given(Claim, Retraction(Extent.Partial) with { Publisher = Ministry }, full, Withdrawal(3, full)).Standing().Label.ShouldBe("retracted in part");
    }

    [Fact]
    public void Retracting_what_was_never_recorded_is_refused() => Given().When(Retract).ThenRefused(RefusalCode.NotFound);
}
