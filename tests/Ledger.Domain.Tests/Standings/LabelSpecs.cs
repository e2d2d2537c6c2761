using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Standings;

public class LabelSpecs
{
    private static CorrectionIssued Corrected { get; } = Correction(Change("figures/workers", "1237", "1273"));

    private static Linked Superseded { get; } = new() { To = new("t06b", null), Relation = Relation.Supersedes, SupersededBy = "t06b" };

    private static DenialRecorded InPart { get; } = Denial with { Contests = new("the figure") };

    private static LedgerEvent[] ByPrecedence { get; } =
        [Retraction(), Concern, Superseded, Corrected, Denial, Position(Stance.Disputes)];

    [Fact]
    public void The_gravest_open_act_decides_the_label()
    {
        for (var first = 0; first < ByPrecedence.Length; first++)
        {
            LedgerEvent[] events = [Claim, .. ByPrecedence.Skip(first).Reverse()];
            Given(events).Standing().Label.ShouldBe(StandingLabel.Precedence[first]);
        }

        Given(Claim).Standing().Label.ShouldBe("reported");
    }

    [Fact]
    public void The_label_of_a_partial_retraction_or_denial_says_that_it_is_partial()
    {
        Given(Claim, Retraction(Extent.Partial)).Standing().Label.ShouldBe("retracted in part");
        Given(Claim, Retraction(Extent.Partial), Retraction()).Standing().Label.ShouldBe("retracted");
        Given(Claim, InPart).Standing().Label.ShouldBe("denied in part");
        Given(Claim, InPart, Denial).Standing().Label.ShouldBe("denied");
    }

    [Fact]
    public void A_withdrawn_act_no_longer_decides_the_label()
    {
        foreach (var act in new LedgerEvent[] { Retraction(), Retraction(Extent.Partial), Concern, Superseded, Denial, Position(Stance.Disputes) })
        {
            Given(Claim, act, Withdrawal(2, act)).Standing().Label.ShouldBe("reported");
        }
    }

    [Theory]
    [InlineData(Stance.Corroborates)]
    [InlineData(Stance.Concedes)]
    [InlineData(Stance.Rules)]
    [InlineData(Stance.NoComment)]
    [InlineData(Stance.NoReply)]
    public void Other_stances_do_not_label(Stance stance) => Given(Claim, Position(stance)).Standing().Label.ShouldBe("reported");

    [Fact]
    public void The_successor_of_another_assertion_is_not_superseded() =>
        Given(Claim, new Linked { To = new("t05", null), Relation = Relation.Supersedes }).Standing().Label.ShouldBe("reported");

    [Fact]
    public void The_lifecycle_goes_from_recorded_through_corrected_and_superseded_to_retracted()
    {
        Given(Claim).Standing().Lifecycle.ShouldBe(Lifecycle.Recorded);
        Given(Claim, Denial, Concern).Standing().Lifecycle.ShouldBe(Lifecycle.Recorded);
        Given(Claim, Corrected).Standing().Lifecycle.ShouldBe(Lifecycle.Corrected);
        Given(Claim, Correction() with { Kind = NoticeKind.Update }).Standing().Lifecycle.ShouldBe(Lifecycle.Corrected);
        Given(Claim, Superseded, Corrected).Standing().Lifecycle.ShouldBe(Lifecycle.Superseded);
        Given(Claim, Corrected, Superseded, Retraction(Extent.Partial)).Standing().Lifecycle.ShouldBe(Lifecycle.Superseded);
        Given(Claim, Corrected, Superseded, Retraction()).Standing().Lifecycle.ShouldBe(Lifecycle.Retracted);
        Given(Claim, Corrected, Retraction(), Withdrawal(3, Retraction())).Standing().Lifecycle.ShouldBe(Lifecycle.Corrected);
    }
}
