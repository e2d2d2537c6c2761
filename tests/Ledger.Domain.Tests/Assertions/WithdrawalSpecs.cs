using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class WithdrawalSpecs
{
    public static TheoryData<string> PublicActs { get; } = ["denial", "position", "retraction", "concern"];

    public static TheoryData<string> OwnActs { get; } = ["evidence", "link", "restriction"];

    private static LedgerEvent Act(string name) => name switch
    {
        "denial" => Denial,
        "position" => Position(Stance.Disputes),
        "retraction" => Retraction(),
        "concern" => Concern,
        "request" => Requested,
        "evidence" => new EvidenceAttached { SourceVersion = Print, Selector = new(SelectorType.TextQuote, "1,237") },
        "link" => new Linked { To = new("t05", null), LinkedBy = "key-desk" },
        _ => new AccessRestricted { Reason = RestrictionReason.Hold },
    };

    [Theory]
    [MemberData(nameof(PublicActs))]
    public void A_party_withdraws_what_it_stands_behind(string name)
    {
        var act = Act(name);
        var state = Given(Claim, act).When(Withdraw, 2).Then(Withdrawal(2, act)).State;
        state.Entries.Open.ShouldBeEmpty();
        state.Entries.Find(EventId(2))!.How.ShouldBe(Closing.Withdrawn);
    }

    [Theory]
    [MemberData(nameof(PublicActs))]
    public void Nobody_withdraws_for_another_party(string name)
    {
        Given(Claim, Act(name)).When(Withdraw with { Party = Ministry }, 2).ThenRefused(RefusalCode.NotTheParty, "party");
        Given(Claim, Act(name)).When(Withdraw, 2, BoundTo(Ministry)).ThenRefused(RefusalCode.NotTheParty, "party");
    }

    [Theory]
    [MemberData(nameof(PublicActs))]
    public void A_public_act_is_withdrawn_on_a_source_or_a_citation(string name) =>
        Given(Claim, Act(name)).When(Withdraw with { Citation = null }, 2).ThenRefused(RefusalCode.CitationMissing, "source");

    [Fact]
    public void A_request_is_withdrawn_without_a_citation() =>
        Given(Claim, Requested).When(Withdraw with { Citation = null }, 2).Then(Withdrawal(2, Requested) with { Citation = null });

    [Theory]
    [MemberData(nameof(OwnActs))]
    public void The_recorders_own_acts_are_undone_without_party_or_citation(string name) =>
        Given(Claim, Act(name)).When(Withdraw with { Citation = null }, 2).Then(Withdrawal(2, Act(name)) with { Citation = null });

    [Theory]
    [MemberData(nameof(OwnActs))]
    public void A_bound_key_undoes_no_act_of_another_recorder(string name) =>
        Given(Claim, Act(name)).When(Withdraw, 2, BoundTo(Witness)).ThenRefused(RefusalCode.NotTheParty);

    [Theory]
    [MemberData(nameof(OwnActs))]
    public void A_bound_key_undoes_its_own_acts(string name) => Given(Claim, Act(name))
        .When(Withdraw, 2, Unbound with { Actor = new("key-desk", Witness) })
        .Then(Withdrawal(2, Act(name)));

    [Fact]
    public void A_bound_key_undoes_the_links_of_its_party()
    {
        var link = new Linked { To = new("t05", null), LinkedBy = Witness };
        Given(Claim, link).When(Withdraw, 2, BoundTo(Witness)).Then(Withdrawal(2, link));
    }

    [Fact]
    public void What_was_withdrawn_is_not_withdrawn_again() => Given(Claim, Denial, Withdrawal(2, Denial)).When(Withdraw, 2).ThenNothing();

    [Fact]
    public void An_act_that_a_later_one_replaced_is_no_longer_open()
    {
        Given(Claim, Denial, Denial with { Statement = "Only old contracts." }).When(Withdraw, 2).ThenRefused(RefusalCode.NotOpen);
        Given(Claim, Requested, new ActionAnswered { Request = EventId(2), By = Publisher }).When(Withdraw, 2).ThenRefused(RefusalCode.NotOpen);
    }

    [Fact]
    public void Claims_corrections_and_upstream_changes_are_not_withdrawn()
    {
        Given(Claim).When(Withdraw, 1).ThenRefused(RefusalCode.NotOpen);
        Given(Claim, Correction(Change("figures/workers", "1237", "1273"))).When(Withdraw, 2).ThenRefused(RefusalCode.NotOpen);
        Given(Claim, Upstream).When(Withdraw, 2).ThenRefused(RefusalCode.NotOpen);
        Given(Claim, Denial, Withdrawal(2, Denial)).When(Withdraw, 3).ThenRefused(RefusalCode.NotOpen);
        Given(Claim).When(Withdraw, 9).ThenRefused(RefusalCode.NotOpen);
    }

    [Fact]
    public void A_sources_links_and_restrictions_are_undone()
    {
        var registered = new SourceRegistered { Publisher = Publisher };
        foreach (var act in new[] { Act("link"), Act("restriction") })
        {
            GivenSource(registered, act).When(Withdraw, 2).Then(Withdrawal(2, act)).State.Entries.Open.ShouldBeEmpty();
        }

        GivenSource(registered, new VersionCaptured { Version = 1 }).When(Withdraw, 2).ThenRefused(RefusalCode.NotOpen);
    }

    [Fact]
    public void A_withdrawal_needs_a_reason() => Given(Claim, Denial).When(Withdraw with { Reason = " " }, 2).ThenRefused(RefusalCode.Invalid, "reason");
}
