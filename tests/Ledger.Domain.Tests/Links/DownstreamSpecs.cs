using System.Text.Json;

namespace Ledger.Domain.Tests;

public class DownstreamSpecs
{
    [Fact]
    public void A_change_passes_over_any_number_of_links_and_reaches_each_assertion_once()
    {
        var reached = Downstream.Of("a", ["proposition"], [Stated("b", "a"), Stated("c", "a"), Stated("d", "b"), Stated("d", "c"), Stated("e", "d")]);

        reached.Select(r => r.Derived).ShouldBe(["b", "c", "d", "e"]);
        reached[3].Path.ShouldBe(["d", "b", "a"]);
    }

    [Fact]
    public void A_field_that_is_not_found_in_the_derived_assertion_is_not_carried_on()
    {
        var reached = Downstream.Of("a", ["figures/n", "scope.place"], [Stated("b", "a", "scope.place"), Stated("c", "b"), Stated("x", "a", "scope.place", "figures/n"), Stated("y", "x")]);

        reached.Select(r => r.Derived).ShouldBe(["b", "c"]);
        reached[1].Fields.ShouldBe(["figures/n"]);
    }

    [Fact]
    public void A_path_counts_as_stated_only_when_every_link_on_it_is_stated()
    {
        var reached = Downstream.Of("a", ["proposition"], [Inferred("b", "a"), Stated("c", "b"), Stated("d", "a"), Inferred("e", "a"), Stated("e", "d")]);

        reached.Select(r => (r.Derived, r.Basis)).ShouldBe([("b", Basis.Inferred), ("c", Basis.Inferred), ("d", Basis.Stated), ("e", Basis.Stated)]);
        reached[3].Path.ShouldBe(["d", "a"]);
    }

    [Fact]
    public void Fields_that_arrive_over_different_paths_are_combined_further_down()
    {
        var reached = Downstream.Of("a", ["figures/n", "scope.place"],
            [Stated("c", "a", "figures/n"), Stated("b", "a", "scope.place"), Stated("c", "b"), Stated("d", "c")]);

        reached.Single(r => r.Derived == "d").Fields.ShouldBe(["figures/n", "scope.place"]);
    }

    [Fact]
    public void A_field_that_arrives_late_by_a_longer_way_is_carried_on_from_there()
    {
        var reached = Downstream.Of("a", ["figures/n", "scope.place"],
            [Stated("c", "a", "figures/n"), Stated("b", "a", "scope.place"), Stated("e", "b"), Stated("c", "e"), Stated("d", "c")]);

        reached.Single(r => r.Derived == "d").Fields.ShouldBe(["figures/n", "scope.place"]);
    }

    [Fact]
    public void A_cycle_of_links_ends_where_it_began() =>
        Downstream.Of("a", ["proposition"], [Stated("b", "a"), Stated("c", "b"), Stated("a", "c"), Stated("b", "c")]).Select(r => r.Derived).ShouldBe(["b", "c"]);

    [Fact]
    public void A_minor_correction_and_an_ordinary_link_are_not_material()
    {
        MaterialChange.FieldsOf(new CorrectionIssued { Materiality = Materiality.Minor, Changes = [new("part")] }).ShouldBeEmpty();
        MaterialChange.FieldsOf(new Linked()).ShouldBeEmpty();
        MaterialChange.FieldsOf(new Withdrawn(), new Linked()).ShouldBeEmpty();
        MaterialChange.FieldsOf(new Withdrawn(), new DenialRecorded()).ShouldBe(["proposition"]);
    }

    private static CarryingLink Stated(string derived, string upstream, params string[] missing) => Link(derived, upstream, Basis.Stated, missing);

    private static CarryingLink Inferred(string derived, string upstream) => Link(derived, upstream, Basis.Inferred, []);

    [Fact]
    public void The_unit_of_a_figure_that_was_not_taken_over_is_not_carried_on()
    {
        Downstream.Of("a", ["figures/men/unit"], [Stated("b", "a", "figures/men")]).ShouldBeEmpty();
        Downstream.Of("a", ["figures/men"], [Stated("b", "a", "figures/men/unit")]).ShouldHaveSingleItem();
        Downstream.Of("a", ["scope.place"], [Stated("b", "a", "scope.from")]).ShouldHaveSingleItem();
    }

    private static CarryingLink Link(string derived, string upstream, Basis basis, string[] missing) =>
        CarryingLink.Of(derived, upstream, basis, missing.Select(m => new Difference(m, JsonSerializer.SerializeToElement(1))));
}
