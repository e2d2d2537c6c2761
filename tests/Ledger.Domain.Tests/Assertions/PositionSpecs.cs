using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class PositionSpecs
{
    [Fact]
    public void Anyone_may_take_a_position() => Given(Claim)
        .When(Take(Stance.Corroborates) with { Independence = Independence.Independent, Statement = "We counted too.", Ground = "Own count." })
        .Then(Position(Stance.Corroborates) with { Independence = Independence.Independent, Statement = "We counted too.", Ground = "Own count." });

    [Fact]
    public void A_position_rests_on_a_source_a_citation_or_an_address()
    {
        Given(Claim).When(Take(Stance.Disputes) with { Citation = null }).ThenRefused(RefusalCode.CitationMissing, "source");
        Given(Claim)
            .When(Take(Stance.Disputes) with { Citation = null, Url = "https://example.org/review" })
            .Then(Position(Stance.Disputes) with { Citation = null, Url = "https://example.org/review" });
    }

    [Fact]
    public void The_same_position_again_appends_nothing() =>
        Given(Claim, Position(Stance.Disputes)).When(Take(Stance.Disputes)).ThenNothing();

    [Fact]
    public void A_party_has_one_open_position_of_each_stance()
    {
        var again = Given(Claim, Position(Stance.Disputes))
            .When(Take(Stance.Disputes) with { Statement = "For another reason." })
            .Then(Position(Stance.Disputes) with { Statement = "For another reason." });
        again.State.Entries.Standing<PositionRecorded>().ShouldHaveSingleItem().Event.Statement.ShouldBe("For another reason.");
        var both = again.When(Take(Stance.Concedes)).Then(Position(Stance.Concedes));
        both.State.Entries.Standing<PositionRecorded>().Count().ShouldBe(2);
    }

    [Fact]
    public void Two_parties_may_take_the_same_stance() => Given(Claim, Position(Stance.Disputes))
        .When(Take(Stance.Disputes) with { Party = Denier })
        .Then(Position(Stance.Disputes) with { Party = Denier })
        .State.Entries.Standing<PositionRecorded>().Count().ShouldBe(2);

    [Fact]
    public void Independence_belongs_to_corroboration() =>
        Given(Claim).When(Take(Stance.Disputes) with { Independence = Independence.Unknown }).ThenRefused(RefusalCode.Invalid, "independence");

    [Fact]
    public void A_rating_belongs_to_a_published_review_and_is_never_invented()
    {
        Given(Claim).When(Take(Stance.Rules)).ThenRefused(RefusalCode.Invalid, "rating");
        Given(Claim).When(Take(Stance.Disputes) with { Rating = "Half true" }).ThenRefused(RefusalCode.Invalid, "rating");
        Given(Claim).When(Take(Stance.Rules) with { Rating = "Half true" }).Then(Position(Stance.Rules) with { Rating = "Half true" });
    }

    [Theory]
    [InlineData("review")]
    [InlineData("ftp://example.org/review")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public void An_address_that_is_not_an_absolute_web_address_is_refused(string url) =>
        Given(Claim).When(Take(Stance.Disputes) with { Url = url }).ThenRefused(RefusalCode.Invalid, "url");

    [Fact]
    public void A_position_on_what_was_never_recorded_is_refused() => Given().When(Take(Stance.NoReply)).ThenRefused(RefusalCode.NotFound);
}
