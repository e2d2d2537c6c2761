using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Parties;

public class PartySpecs
{
    private static RecordParty Enter { get; } = new() { Name = "Ministry of Foreign Affairs of Russia", Kind = "ministry", Aliases = ["MFA", "МИД"] };

    private static PartyRecorded Entered { get; } = new() { Name = Enter.Name, Kind = "ministry", Aliases = ["MFA", "МИД"] };

    [Fact]
    public void A_party_is_entered() => GivenParty().When(Enter, create: true).Then(Entered);

    [Fact]
    public void A_changed_entry_takes_the_place_of_the_former()
    {
        var changed = GivenParty(Entered).When(Enter with { Enrolled = true }, create: false).Then(Entered with { Enrolled = true });
        changed.State.Entry!.Enrolled.ShouldBeTrue();
        changed.State.Version.ShouldBe(2);
        changed.State.RecordedAt.ShouldBe(changed.History[0].RecordedAt);
    }

    [Fact]
    public void The_same_entry_again_appends_nothing()
    {
        GivenParty(Entered).When(Enter, create: true).ThenNothing();
        GivenParty(Entered).When(Enter, create: false).ThenNothing();
    }

    [Fact]
    public void A_new_party_under_a_taken_id_is_refused() =>
        GivenParty(Entered).When(Enter with { Name = "Another" }, create: true).ThenRefused(RefusalCode.IdTaken, "id");

    [Fact]
    public void A_party_has_a_name_and_a_kind()
    {
        GivenParty().When(Enter with { Name = "\t" }, create: true).ThenRefused(RefusalCode.Invalid, "name");
        GivenParty().When(Enter with { Kind = "" }, create: true).ThenRefused(RefusalCode.Invalid, "kind");
        GivenParty().When(Enter with { Aliases = [" "] }, create: true).ThenRefused(RefusalCode.Invalid, "aliases");
    }
}
