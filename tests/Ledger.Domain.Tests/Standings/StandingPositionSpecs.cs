using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Standings;

public class StandingPositionSpecs
{
    private static IEnumerable<string> Stances(params LedgerEvent[] more) =>
        Given([Claim, .. more]).Standing().Positions.Select(p => $"{p.Party ?? p.Description} {p.Stance} {p.State}").Skip(2);

    [Fact]
    public void The_chain_comes_first_from_originator_to_publisher() =>
        Given(Claim with { Attribution = [new(Description: "documents"), new(Witness), new(Publisher)], PublishedAt = Time("2018-08-04") })
            .Standing().Positions.Select(p => $"{p.Party ?? p.Description} {p.Stance} {p.State} {p.Since} {p.Position}")
            .ShouldBe(["documents asserts open 2018-08-04 101", "c4ads relays open 2018-08-04 101", "the-telegraph relays open 2018-08-04 101"]);

    [Fact]
    public void A_denial_shows_its_words_ground_and_concession()
    {
        var denial = Denial with { Concedes = "That permits are given.", Ground = "Earlier contracts.", Condition = "If.", StatedIn = "t18" };
        var position = Given(Claim, denial).Standing().Positions[^1];
        System.Text.Json.JsonSerializer.Serialize(position, DomainJson.Stored).ShouldBe(
            """{"party":"russia-mfa","stance":"denies","state":"open","statement":"No such permits were given.","contests":"whole","concedes":"That permits are given.","ground":"Earlier contracts.","condition":"If.","since":"2026-11-21T12:02:00.000000Z","source":{"id":"telegraph-print","version":1},"statedIn":"t18","event":"00000002-0000-7000-8000-000000000001","position":102}""");
    }

    [Theory]
    [InlineData(Stance.Corroborates, "corroborates")]
    [InlineData(Stance.Disputes, "disputes")]
    [InlineData(Stance.Concedes, "concedes")]
    [InlineData(Stance.Rules, "rules")]
    [InlineData(Stance.NoComment, "noComment")]
    [InlineData(Stance.NoReply, "noReply")]
    public void Each_stance_has_its_own_word(Stance stance, string word) => Stances(Position(stance)).ShouldBe([$"c4ads {word} open"]);

    [Fact]
    public void A_concern_is_a_position_of_the_publisher() => Stances(Concern).ShouldBe(["the-telegraph concern open"]);

    [Fact]
    public void What_was_withdrawn_stays_visible_as_such() => Stances(Denial, Withdrawal(2, Denial)).ShouldBe(["russia-mfa denies withdrawn"]);

    [Fact]
    public void What_a_later_one_replaced_is_left_to_the_history() =>
        Stances(Denial, Denial with { Statement = "Only old contracts." }).ShouldBe(["russia-mfa denies open"]);

    [Fact]
    public void What_was_withdrawn_and_said_again_is_one_position()
    {
        Stances(Denial, Withdrawal(2, Denial), Denial).ShouldBe(["russia-mfa denies open"]);
        Stances(Denial, Withdrawal(2, Denial), Denial, Withdrawal(4, Denial)).ShouldBe(["russia-mfa denies withdrawn"]);
        Stances(Position(Stance.Rules), Withdrawal(2, Position(Stance.Rules)), Position(Stance.Rules)).ShouldBe(["c4ads rules open"]);
    }

    [Fact]
    public void Denials_of_two_parts_are_two_positions() =>
        Stances(Denial, Denial with { Contests = new("the figure") }, Withdrawal(2, Denial))
            .ShouldBe(["russia-mfa denies withdrawn", "russia-mfa denies open"]);

    [Fact]
    public void Requests_links_and_restrictions_are_no_positions() =>
        Stances(Requested, new Linked { To = new("t05", null) }, new AccessRestricted(), Retraction()).ShouldBeEmpty();

    [Fact]
    public void An_assertion_whose_claim_is_not_known_yet_has_no_positions_and_no_flags()
    {
        var standing = Given(Denial, Retraction()).Standing();
        standing.Positions.ShouldBeEmpty();
        standing.Flags.ShouldBeEmpty();
    }
}
