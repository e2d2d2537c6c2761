using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class AmendmentSpecs
{
    private static AmendEntry Amend { get; } = new() { Field = "figures/workers", Before = Json("1237"), After = Json("1273"), Reason = "Misread." };

    private static EntryAmended Amended { get; } = new() { Field = "figures/workers", Before = Json("1237"), After = Json("1273"), Reason = "Misread." };

    [Fact]
    public void An_amendment_fixes_a_clerical_mistake_and_is_not_a_correction()
    {
        var state = Given(Claim).When(Amend).Then(Amended).State;
        state.Content.Figures[0].Value.ShouldBe(1273);
        state.Corrections.ShouldBeEmpty();
        Domain.Standing.Of(state).Lifecycle.ShouldBe(Lifecycle.Recorded);
    }

    [Theory]
    [InlineData("language", null, "\"en\"")]
    [InlineData("topics", "[]", """["labour","sanctions"]""")]
    [InlineData("attribution", """[{"party":"russia-labour-ministry","role":"originator"},{"party":"the-telegraph","role":"publisher"}]""", "[]")]
    public void What_the_recorder_chose_can_be_amended(string field, string? before, string after)
    {
        var change = Change(field, before, after);
        Given(Claim)
            .When(new AmendEntry { Field = field, Before = change.Before, After = change.After, Reason = "Misread." })
            .Then(new EntryAmended { Field = field, Before = change.Before, After = change.After, Reason = "Misread." });
    }

    [Fact]
    public void An_amended_date_is_resolved_in_the_sources_zone() => Given(Claim)
        .When(Amend with { Field = "scope.from", Before = null, After = Json("\"2018-08-03\"") }, Unbound with { Zone = London })
        .Then(Amended with
        {
            Field = "scope.from",
            Before = null,
            After = Json("""{"value":"2018-08-03","basis":"stated","from":"2018-08-02T23:00:00.000000Z","to":"2018-08-03T23:00:00.000000Z"}"""),
        });

    [Fact]
    public void A_stale_before_is_refused() =>
        Given(Claim).When(Amend with { Before = Json("1") }).ThenRefused(RefusalCode.StaleBefore, "before");

    [Fact]
    public void The_same_amendment_again_appends_nothing() => Given(Claim, Amended).When(Amend).ThenNothing();

    [Fact]
    public void Other_fields_cannot_be_amended()
    {
        Given(Claim).When(Amend with { Field = "publisher" }).ThenRefused(RefusalCode.Invalid, "field");
        Given(Claim).When(Amend with { Field = "topics", Before = Json("[]"), After = Json("[null]") }).ThenRefused(RefusalCode.Invalid);
        Given(Claim).When(Amend with { Reason = "" }).ThenRefused(RefusalCode.Invalid, "reason");
    }

    [Fact]
    public void A_retracted_assertion_can_still_be_amended() => Given(Claim, Retraction()).When(Amend).Then(Amended);
}
