using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class LinkSpecs
{
    private static AddLink Link { get; } = new() { To = new("t05", null), Relation = Relation.DerivedFrom, Basis = Basis.Inferred };

    private static Linked Linked { get; } = new() { To = new("t05", null), Relation = Relation.DerivedFrom, Basis = Basis.Inferred, LinkedBy = "key-desk" };

    [Fact]
    public void A_link_names_who_judges() => Given(Claim).When(Link).Then(Linked);

    [Fact]
    public void A_link_is_the_judgement_of_the_party_that_is_acted_for()
    {
        Given(Claim).When(Link with { OnBehalfOf = Witness }).Then(Linked with { LinkedBy = Witness });
        Given(Claim).When(Link, BoundTo(Witness)).Then(Linked with { LinkedBy = Witness });
    }

    [Fact]
    public void A_link_says_where_the_two_differ_and_what_is_not_found_there()
    {
        Difference[] differences = [new("figures/workers", Json("1237"), Json("\"at least 1,237\"")), new("scope.place", Json("\"Amur region\""))];
        Given(Claim)
            .When(Link with { Differences = differences, Via = new("telegraph-online", null) })
            .Then(Linked with { Differences = differences, Via = new("telegraph-online", null) });
    }

    [Fact]
    public void A_link_may_lead_to_a_version_that_was_never_captured() => Given(Claim)
        .When(Link with { To = new(null, new("telegraph-online", null)) })
        .Then(Linked with { To = new(null, new("telegraph-online", null)) });

    [Fact]
    public void The_same_link_again_appends_nothing_whoever_sends_it()
    {
        Given(Claim, Linked).When(Link).ThenNothing();
        Given(Claim, Linked).When(Link, BoundTo(Witness)).ThenNothing();
    }

    [Fact]
    public void The_same_pair_may_be_linked_in_another_way() =>
        Given(Claim, Linked).When(Link with { Relation = Relation.Contradicts }).Then(Linked with { Relation = Relation.Contradicts });

    [Fact]
    public void A_removed_link_may_be_made_again() => Given(Claim, Linked, Withdrawal(2, Linked)).When(Link).Then(Linked);

    [Fact]
    public void Nothing_links_to_itself()
    {
        Given(Claim).When(Link with { To = new(Id, null) }).ThenRefused(RefusalCode.Cycle, "to");
        GivenSource(new SourceRegistered { Publisher = Publisher })
            .When(Link with { To = new(null, new(SourceId, null)) }).ThenRefused(RefusalCode.Cycle, "to");
    }

    [Fact]
    public void A_source_may_be_linked_too() => GivenSource(new SourceRegistered { Publisher = Publisher })
        .When(Link with { To = new(null, new("telegraph-online", null)) })
        .Then(Linked with { To = new(null, new("telegraph-online", null)) });

    [Fact]
    public void Only_a_supersession_says_why_something_was_superseded()
    {
        Given(Claim).When(Link with { Because = SupersededBecause.WasWrong }).ThenRefused(RefusalCode.Invalid, "because");
        Given(Claim)
            .When(Link with { Relation = Relation.Supersedes, Because = SupersededBecause.NoLongerTrue })
            .Then(Linked with { Relation = Relation.Supersedes, Because = SupersededBecause.NoLongerTrue });
        Given(Claim).When(Link with { Relation = Relation.Supersedes, To = new(null, new("daily-caller", 1)) }).ThenRefused(RefusalCode.Invalid, "to");
    }

    [Fact]
    public void Differences_name_only_known_fields() =>
        Given(Claim).When(Link with { Differences = [new("mood")] }).ThenRefused(RefusalCode.Invalid, "differences.field");

    [Theory]
    [InlineData("figures/workers", """ "\u0000" """)]
    [InlineData("figures/workers", """ "\ud800" """)]
    [InlineData("figures/workers", """ [{"inner\u0000": 1}] """)]
    [InlineData("figures/work\0ers", "1")]
    public void Differences_hold_well_formed_text(string field, string value)
    {
        Given(Claim).When(Link with { Differences = [new(field, Theirs: Json(value))] }).ThenRefused(RefusalCode.Invalid);
        Given(Claim).When(Link with { Differences = [new(field, Ours: Json(value))] }).ThenRefused(RefusalCode.Invalid);
    }

    [Fact]
    public void Differences_are_bounded() => Given(Claim)
        .When(Link with { Differences = [new("proposition", Json($"\"{new string('a', Limits.ValueCodePointsMax)}\""))] })
        .ThenRefused(RefusalCode.Invalid, "differences.theirs");

    [Theory]
    [InlineData("No Such Id", null, "to")]
    [InlineData(null, "No Such Id", "to")]
    public void The_target_of_a_link_is_a_valid_id(string? assertion, string? source, string field) => Given(Claim)
        .When(Link with { To = new(assertion, source is null ? null : new(source, 1)) }).ThenRefused(RefusalCode.Invalid, field);

    [Fact]
    public void The_source_through_which_it_came_is_a_valid_id() =>
        Given(Claim).When(Link with { Via = new("No Such Id", null) }).ThenRefused(RefusalCode.Invalid, "via.source");

    [Fact]
    public void A_link_refers_to_its_target_and_to_the_version_through_which_it_came()
    {
        Link.References.ShouldBe([Reference.Assertion("t05", "to")]);
        (Link with { To = new(null, new("daily-caller", 1)), Via = new("telegraph-online", 2) }).References
            .ShouldBe([Reference.Source("daily-caller", 1, "to"), Reference.Source("telegraph-online", 2, "via")]);
    }
}
