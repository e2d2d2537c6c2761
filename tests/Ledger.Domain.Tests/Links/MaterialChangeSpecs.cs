using static Ledger.Domain.Tests.Example;

namespace Ledger.Domain.Tests;

/// <summary>Which changes matter to whoever took an assertion over.</summary>
public class MaterialChangeSpecs
{
    [Fact]
    public void A_substantive_correction_touches_the_fields_that_it_names_each_once_in_order() =>
        MaterialChange.FieldsOf(Correction(new Change("scope.place"), new Change("figures/workers"), new Change("scope.place"))).ShouldBe(["figures/workers", "scope.place"]);

    [Fact]
    public void A_substantive_correction_that_names_no_field_touches_the_proposition() => MaterialChange.FieldsOf(Correction()).ShouldBe(["proposition"]);

    [Fact]
    public void A_denial_a_retraction_a_concern_and_a_supersession_touch_the_proposition()
    {
        LedgerEvent[] changes = [Denial, Retraction(), Concern, new Linked { SupersededBy = "t07" }];

        changes.Select(e => MaterialChange.FieldsOf(e)).ShouldAllBe(fields => fields.Single() == "proposition");
    }

    [Fact]
    public void A_withdrawal_touches_what_the_withdrawn_event_touched_but_a_correction_taken_back_touches_nothing()
    {
        MaterialChange.FieldsOf(Withdrawal(2, Denial), Denial).ShouldBe(["proposition"]);
        MaterialChange.FieldsOf(Withdrawal(2, Retraction()), Retraction()).ShouldBe(["proposition"]);
        MaterialChange.FieldsOf(Withdrawal(2, Correction()), Correction(new Change("scope.place"))).ShouldBeEmpty();
        MaterialChange.FieldsOf(Withdrawal(2, Denial), withdrawn: null).ShouldBeEmpty();
    }

    [Fact]
    public void A_withdrawal_closes_what_it_withdraws() => MaterialChange.Closes(Assertion.None, At(3, Withdrawal(2, Denial))).ShouldBe([EventId(2)]);

    [Fact]
    public void A_denial_closes_the_standing_denial_of_the_same_thing_by_the_same_party()
    {
        var before = Assertion.Fold([At(1, Claim), At(2, Denial), At(3, Denial with { Contests = new("the figure") }), At(4, Denial with { Party = Witness })]);

        MaterialChange.Closes(before, At(5, Denial with { Statement = "Said again." })).ShouldBe([EventId(2)]);
        MaterialChange.Closes(before, At(5, Retraction())).ShouldBeEmpty();
    }

    private static Recorded At(int version, LedgerEvent e) => Recorded(Ids.AssertionStream(Id), version, e);
}
