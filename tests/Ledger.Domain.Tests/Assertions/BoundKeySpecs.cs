using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

/// <summary>A key bound to a party acts for that party alone.</summary>
public class BoundKeySpecs
{
    [Fact]
    public void A_bound_key_speaks_for_its_party()
    {
        Given(Claim).When(Deny, BoundTo(Denier)).Then(Denial);
        Given(Claim).When(Take(Stance.Disputes), BoundTo(Witness)).Then(Position(Stance.Disputes));
        Given(Claim).When(Notice(NoticeKind.Concern), BoundTo(Publisher)).Then(Concern);
        Given(Claim).When(Request, BoundTo(Denier)).Then(Requested);
    }

    [Fact]
    public void A_bound_key_speaks_for_nobody_else()
    {
        Given(Claim).When(Deny, BoundTo(Witness)).ThenRefused(RefusalCode.BoundToAnotherParty);
        Given(Claim).When(Take(Stance.Disputes), BoundTo(Denier)).ThenRefused(RefusalCode.BoundToAnotherParty);
        Given(Claim).When(Notice(NoticeKind.Concern), BoundTo(Witness)).ThenRefused(RefusalCode.BoundToAnotherParty);
        Given(Claim).When(Request, BoundTo(Witness)).ThenRefused(RefusalCode.BoundToAnotherParty);
        Given(Claim, Requested)
            .When(new AnswerAction { Request = EventId(2), By = Publisher, Outcome = Outcome.Noted }, BoundTo(Witness))
            .ThenRefused(RefusalCode.BoundToAnotherParty);
        Given(Claim, Denial).When(Withdraw with { Party = Denier }, 2, BoundTo(Witness)).ThenRefused(RefusalCode.BoundToAnotherParty);
    }

    [Fact]
    public void A_bound_key_acts_on_behalf_of_nobody_else_even_where_it_speaks_for_itself()
    {
        Given(Claim).When(Deny with { OnBehalfOf = Witness }, BoundTo(Denier)).ThenRefused(RefusalCode.BoundToAnotherParty);
        Given().When(StateClaim with { OnBehalfOf = Witness }, BoundTo(Publisher)).ThenRefused(RefusalCode.BoundToAnotherParty);
        Given(Claim).When(Deny with { OnBehalfOf = Denier }, BoundTo(Denier)).Then(Denial);
    }

    [Fact]
    public void A_bound_key_amends_the_entries_that_it_made_and_no_others()
    {
        var amend = new AmendEntry { Field = "topics", Before = Json("[]"), After = Json("[\"labour\"]"), Reason = "Forgotten." };
        Given(Claim).When(amend, BoundTo(Denier)).ThenRefused(RefusalCode.NotTheParty);
        Given(Claim).When(amend, Unbound with { Actor = new("key-desk", Publisher) }).ThenOne<EntryAmended>();
    }

    [Fact]
    public void A_bound_key_restricts_what_its_party_publishes_and_nothing_else()
    {
        var restrict = new RestrictAccess { Assertion = Id, Reason = RestrictionReason.Hold };
        Given(Claim).When(restrict, BoundTo(Denier)).ThenRefused(RefusalCode.NotThePublisher);
        Given(Claim).When(restrict, BoundTo(Publisher)).ThenOne<AccessRestricted>();
    }

    [Fact]
    public void An_unbound_key_may_act_for_any_party() => Given(Claim).When(Deny with { OnBehalfOf = Witness }).Then(Denial);

    [Fact]
    public void The_party_acted_for_is_named_by_its_id() =>
        Given(Claim).When(Deny with { OnBehalfOf = "The Foreign Ministry" }).ThenRefused(RefusalCode.Invalid, "onBehalfOf");

    [Fact]
    public void A_bound_key_records_claims_as_any_recorder_does() => Given().When(StateClaim, BoundTo(Witness)).Then(Claim);

    [Fact]
    public void A_withdrawal_by_a_bound_key_is_that_of_its_party() =>
        Given(Claim, Denial).When(Withdraw, 2, BoundTo(Denier)).Then(Withdrawal(2, Denial));
}
