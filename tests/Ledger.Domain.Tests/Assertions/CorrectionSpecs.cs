using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class CorrectionSpecs
{
    [Theory]
    [InlineData("proposition", "\"Firms may hire 1,237 North Koreans in the Amur region.\"", "\"Firms may hire some.\"")]
    [InlineData("modality", "\"asserted\"", "\"hedged\"")]
    [InlineData("part", "\"body\"", "\"headline\"")]
    [InlineData("attribution", """[{"role":"originator","party":"russia-labour-ministry"},{"party":"the-telegraph","role":"publisher"}]""", """[{"description":"documents"}]""")]
    [InlineData("scope.place", "\"Amur region\"", "\"Primorye\"")]
    [InlineData("scope.place", "\"Amur region\"", null)]
    [InlineData("figures/workers", "1237", "1273")]
    [InlineData("figures/workers", "1237.0", "1273.50")]
    [InlineData("figures/workers", "1.237e3", null)]
    [InlineData("figures/workers", "1237", """{"value":1273,"op":"≥","unit":"permits"}""")]
    [InlineData("figures/workers", """{"value":1237.0,"op":"=","unit":"people"}""", null)]
    [InlineData("figures/firms", null, "12")]
    [InlineData("figures/firms", null, """{"value":12,"op":"≈","unit":"firms"}""")]
    [InlineData("figures/workers/op", "\"=\"", "\"≥\"")]
    [InlineData("figures/workers/unit", "\"people\"", "\"permits\"")]
    [InlineData("figures/workers/unit", "\"people\"", null)]
    public void Every_field_can_be_corrected_from_its_current_value(string field, string? before, string? after)
    {
        var change = Change(field, before, after);
        var corrected = Given(Claim).When(Correct(change)).Then(Correction(change)).State;
        ContentFields.Equal(ContentFields.Get(corrected.Content, field), after is null ? null : FieldValue(after)).ShouldBeTrue();
    }

    [Fact]
    public void Added_removed_and_bounded_figures_read_as_figures()
    {
        var added = Given(Claim).When(Correct(Change("figures/firms", null, """{"value":12,"op":"≈","unit":"firms"}""")))
            .Then(Correction(Change("figures/firms", null, """{"value":12,"op":"≈","unit":"firms"}""")));
        added.State.Content.Figures.ShouldBe([new("workers", 1237, Unit: "people"), new("firms", 12, Comparison.About, "firms")]);
        var removed = added.When(Correct(Change("figures/workers", "1237", null)) with { Id = "n2" })
            .Then(Correction(Change("figures/workers", "1237", null)) with { Notice = new("n2", "An earlier version was wrong.") });
        removed.State.Content.Figures.ShouldBe([new("firms", 12, Comparison.About, "firms")]);
    }

    [Theory]
    [InlineData("figures/workers", "1236", "1273", "1237")]
    [InlineData("figures/workers", null, "1273", "1237")]
    [InlineData("figures/workers", "\"1237\"", "1273", "1237")]
    [InlineData("figures/workers", """{"value":1237,"op":"≥","unit":"people"}""", "1273", "1237")]
    [InlineData("figures/workers", """{"number":1237}""", "1273", "1237")]
    [InlineData("figures/firms", "12", "13", null)]
    [InlineData("modality", "\"hedged\"", "\"inferred\"", "\"asserted\"")]
    [InlineData("scope.place", null, "\"Primorye\"", "\"Amur region\"")]
    [InlineData("scope.from", "\"2018\"", "\"2017\"", null)]
    [InlineData("attribution", "[]", """[{"description":"documents"}]""", """[{"party":"russia-labour-ministry","role":"originator"},{"party":"the-telegraph","role":"publisher"}]""")]
    public void A_stale_before_is_refused_with_the_current_value(string field, string? before, string after, string? current)
    {
        var refusal = Given(Claim).When(Correct(Change(field, before, after))).ThenRefused(RefusalCode.StaleBefore, "changes.before");
        (refusal.Current as System.Text.Json.Nodes.JsonNode)?.ToJsonString(DomainJson.Stored).ShouldBe(current);
        (refusal.Current is null).ShouldBe(current is null);
    }

    [Theory]
    [InlineData("figures/workers", "1237", "1237.00")]
    [InlineData("modality", "\"asserted\"", "\"asserted\"")]
    [InlineData("figures/firms", null, null)]
    public void A_change_that_changes_nothing_is_refused(string field, string? before, string? after) =>
        Given(Claim).When(Correct(Change(field, before, after))).ThenRefused(RefusalCode.Invalid, "changes.after");

    [Theory]
    [InlineData("proposition", "\"Firms may hire 1,237 North Koreans in the Amur region.\"", null)]
    [InlineData("proposition", "\"Firms may hire 1,237 North Koreans in the Amur region.\"", "\"  \"")]
    [InlineData("proposition", "\"Firms may hire 1,237 North Koreans in the Amur region.\"", "7")]
    [InlineData("proposition", "\"Firms may hire 1,237 North Koreans in the Amur region.\"", "\"\\u0000\"")]
    [InlineData("proposition", "\"Firms may hire 1,237 North Koreans in the Amur region.\"", "\"\\ud800\"")]
    [InlineData("modality", "\"asserted\"", "\"sworn\"")]
    [InlineData("modality", "\"asserted\"", "2")]
    [InlineData("modality", "\"asserted\"", null)]
    [InlineData("scope.place", "\"Amur region\"", "\"\"")]
    [InlineData("scope.from", null, "\"2018-13\"")]
    [InlineData("scope.from", null, "2018")]
    [InlineData("scope.from", null, """{"value":"2018","basis":"stated","mood":"sure"}""")]
    [InlineData("figures/workers", "1237", "\"1273\"")]
    [InlineData("figures/workers", "1237", "1e400")]
    [InlineData("figures/workers", "1237", """{"op":"≥"}""")]
    [InlineData("figures/workers/op", "\"=\"", "\"<\"")]
    [InlineData("figures/workers/op", "\"=\"", null)]
    [InlineData("figures/firms/op", null, "\"≥\"")]
    [InlineData("figures/firms/unit", null, "\"firms\"")]
    public void A_value_that_does_not_fit_its_field_is_refused(string field, string? before, string? after) =>
        Given(Claim).When(Correct(Change(field, before, after))).ThenRefused(RefusalCode.Invalid, "changes.after");

    [Theory]
    [InlineData("""[null]""")]
    [InlineData("""[{"party":"p1","description":"both"}]""")]
    [InlineData("""[{"party":"No Id"}]""")]
    [InlineData("""{"party":"p1"}""")]
    public void A_corrected_chain_must_be_a_valid_chain(string after) => Given(Claim with { Attribution = [] })
        .When(Correct(Change("attribution", "[]", after))).ThenRefused(RefusalCode.Invalid);

    [Theory]
    [InlineData("language")]
    [InlineData("topics")]
    [InlineData("source")]
    [InlineData("figures/")]
    [InlineData("figures/workers/colour")]
    [InlineData("figures/workers/op/x")]
    [InlineData("")]
    public void Other_fields_cannot_be_corrected(string field) =>
        Given(Claim).When(Correct(Change(field, null, "\"x\""))).ThenRefused(RefusalCode.Invalid, "changes.field");

    [Fact]
    public void Several_changes_apply_in_order() => Given(Claim)
        .When(Correct(Change("figures/workers", "1237", "1273"), Change("figures/workers", "1273", "1274"), Change("modality", "\"asserted\"", "\"hedged\"")))
        .Then(Correction(Change("figures/workers", "1237", "1273"), Change("figures/workers", "1273", "1274"), Change("modality", "\"asserted\"", "\"hedged\"")))
        .State.Content.Figures[0].Value.ShouldBe(1274);

    [Fact]
    public void One_wrong_change_refuses_the_whole_notice() => Given(Claim)
        .When(Correct(Change("modality", "\"asserted\"", "\"hedged\""), Change("figures/workers", "1", "2")))
        .ThenRefused(RefusalCode.StaleBefore);

    [Fact]
    public void A_correction_of_a_correction_starts_from_the_corrected_value()
    {
        var first = Correction(Change("figures/workers", "1237", "1273"));
        Given(Claim, first).When(Correct(Change("figures/workers", "1237", "1274")) with { Id = "n2" }).ThenRefused(RefusalCode.StaleBefore);
        Given(Claim, first)
            .When(Correct(Change("figures/workers", "1273", "1274")) with { Id = "n2", Corrects = "n1" })
            .Then(Correction(Change("figures/workers", "1273", "1274")) with { Notice = first.Notice with { Id = "n2" }, Corrects = "n1" });
    }

    private static System.Text.Json.JsonElement FieldValue(string after) =>
        Json(after) is { ValueKind: System.Text.Json.JsonValueKind.Object } figure ? figure.GetProperty("value") : Json(after);
}
