using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class ClaimSpecs
{
    [Fact]
    public void A_claim_is_recorded_with_its_publisher_and_its_period_resolved_in_the_sources_zone() => Given()
        .When(
            StateClaim with { Scope = new("Amur region", new("2018-08"), new("2018-09", Basis.Inferred)), Part = Part.Headline, Modality = Modality.Hedged },
            Unbound with { Zone = London })
        .Then(Claim with
        {
            Part = Part.Headline,
            Modality = Modality.Hedged,
            Scope = new("Amur region", Time("2018-08", "Europe/London"), Time("2018-09", "Europe/London", Basis.Inferred)),
        });

    [Fact]
    public void Evidence_and_links_follow_the_claim_in_the_same_append()
    {
        var quote = new Selector(SelectorType.TextQuote, "1,237 North Koreans");
        var command = StateClaim with
        {
            Evidence = [new(quote)],
            Links = [new() { To = new("t05", null), Relation = Relation.DerivedFrom, Basis = Basis.Stated }],
        };
        Given().When(command, Unbound with { CitedSha256 = "ab" }).Then(
            Claim,
            new EvidenceAttached { SourceVersion = Print, Selector = quote, Sha256 = "ab" },
            new Linked { To = new("t05", null), Relation = Relation.DerivedFrom, Basis = Basis.Stated, LinkedBy = "key-desk" });
    }

    [Fact]
    public void The_same_claim_again_appends_nothing() => Given(Claim).When(StateClaim).ThenNothing();

    [Fact]
    public void The_same_claim_again_appends_nothing_even_after_a_correction() =>
        Given(Claim, Correction(Change("figures/workers", "1237", "1273"))).When(StateClaim).ThenNothing();

    [Fact]
    public void The_same_claim_with_evidence_that_is_not_recorded_is_refused_rather_than_lost() =>
        Given(Claim).When(StateClaim with { Evidence = [new(new(SelectorType.TextQuote, "1,237"))] }).ThenRefused(RefusalCode.IdTaken, "id");

    [Fact]
    public void Another_claim_under_the_id_is_refused() =>
        Given(Claim).When(StateClaim with { Proposition = "Something else." }).ThenRefused(RefusalCode.IdTaken, "id");

    [Fact]
    public void A_claim_without_attribution_is_recorded_as_such() =>
        Given().When(StateClaim with { Attribution = [] }).Then(Claim with { Attribution = [] });

    [Fact]
    public void Each_link_of_the_chain_has_either_a_party_or_a_description()
    {
        Given().When(StateClaim with { Attribution = [new(Description: "documents", Role: "originator")] })
            .Then(Claim with { Attribution = [new(Description: "documents", Role: "originator")] });
        Given().When(StateClaim with { Attribution = [new(Ministry, "documents")] }).ThenRefused(RefusalCode.Invalid, "attribution");
        Given().When(StateClaim with { Attribution = [new(Role: "originator")] }).ThenRefused(RefusalCode.Invalid, "attribution");
    }

    [Fact]
    public void Names_of_figures_are_unique_and_hold_no_slash()
    {
        Given().When(StateClaim with { Figures = [new("workers", 1), new("workers", 2)] }).ThenRefused(RefusalCode.Invalid, "figures.name");
        Given().When(StateClaim with { Figures = [new("workers/op", 1)] }).ThenRefused(RefusalCode.Invalid, "figures.name");
        Given().When(StateClaim with { Figures = [new("", 1)] }).ThenRefused(RefusalCode.Invalid, "figures.name");
    }

    [Fact]
    public void A_period_ends_after_it_begins()
    {
        Given().When(StateClaim with { Scope = new(null, new("2018-09"), new("2018-08")) }).ThenRefused(RefusalCode.Invalid, "scope.to");
        Given().When(StateClaim with { Scope = new(null, new("2018-02-30")) }).ThenRefused(RefusalCode.Invalid, "scope.from");
        Given().When(StateClaim with { Scope = new(null, To: new("next year")) }).ThenRefused(RefusalCode.Invalid, "scope.to");
    }

    [Fact]
    public void All_wrong_fields_are_named_at_once() => Given()
        .When(StateClaim with { Proposition = " ", Source = new("Bad Id", 0) })
        .ThenRefused(RefusalCode.Invalid, "proposition")
        .Others.Select(o => o.Field).ShouldBe(["proposition", "source.id", "source.version"]);
}
