using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Standings;

/// <summary>The label is always shown with counts and parties.</summary>
public class SummarySpecs
{
    [Fact]
    public void Without_positions_the_summary_says_who_reported_the_claim() => Given(Claim).Standing().Summary
        .ShouldBe("reported by the-telegraph; no denial, dispute or correction recorded");

    [Fact]
    public void The_summary_names_and_counts_the_parties()
    {
        Given(Claim, Denial).Standing().Summary.ShouldBe("denied by russia-mfa");
        Given(Claim, Denial, Denial with { Contests = new("the figure") }).Standing().Summary.ShouldBe("denied by russia-mfa");
        Given(Claim, Denial, Denial with { Party = Ministry }).Standing().Summary
            .ShouldBe("denied by 2 parties (russia-mfa, russia-labour-ministry)");
    }

    [Fact]
    public void The_summary_lists_every_open_act_with_the_gravest_first() => Given(
            Claim,
            Position(Stance.Corroborates),
            Position(Stance.Disputes),
            Denial with { Contests = new("the figure") },
            Correction(Change("figures/workers", "1237", "1273")),
            Correction(Change("figures/workers", "1273", "1274")),
            new Linked { To = new("t06b", null), Relation = Relation.Supersedes, SupersededBy = "t06b" },
            Concern,
            Retraction(Extent.Partial))
        .Standing().Summary.ShouldBe(
            "retracted in part by the-telegraph; concern expressed by the-telegraph; superseded by t06b; "
            + "corrected 2 times by the-telegraph; denied in part by russia-mfa; disputed by c4ads; corroborated by c4ads");

    [Theory]
    [InlineData(Stance.Concedes, "conceded by c4ads")]
    [InlineData(Stance.Rules, "reviewed by c4ads")]
    [InlineData(Stance.NoComment, "no comment by c4ads")]
    [InlineData(Stance.NoReply, "no reply by c4ads")]
    public void The_summary_shows_the_other_stances(Stance stance, string summary) => Given(Claim, Position(stance)).Standing().Summary.ShouldBe(summary);

    [Fact]
    public void The_summary_never_says_true_or_false()
    {
        var everything = string.Join(' ', Enum.GetValues<Stance>().Select(s => Given(Claim, Position(s), Denial, Concern).Standing().Summary));
        foreach (var verdict in new[] { "true", "false", "wrong", "lie", "fake" })
        {
            everything.ShouldNotContain(verdict);
        }
    }
}
