using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

/// <summary>Scope dates are resolved once, in the source's zone, and stored with the interval that they name.</summary>
public class CorrectedPeriodSpecs
{
    private static string Resolved { get; } = """{"value":"2018-08","basis":"stated","from":"2018-07-31T23:00:00.000000Z","to":"2018-08-31T23:00:00.000000Z"}""";

    [Fact]
    public void A_corrected_date_is_stored_with_the_interval_that_it_names_in_the_sources_zone() => Given(Claim)
        .When(Correct(Change("scope.from", null, "\"2018-08\"")), Unbound with { Zone = London })
        .Then(Correction(Change("scope.from", null, Resolved)))
        .State.Content.Scope!.From.ShouldBe(Time("2018-08", "Europe/London"));

    [Fact]
    public void The_basis_of_a_corrected_date_is_kept() => Given(Claim)
        .When(Correct(Change("scope.to", null, """{"value":"2018","basis":"inferred"}""")))
        .ThenOne<CorrectionIssued>().Changes[0].After!.Value.GetProperty("basis").GetString().ShouldBe("inferred");

    [Fact]
    public void A_date_before_may_be_given_as_text_or_as_it_is_stored()
    {
        var dated = Given(Claim with { Scope = new("Amur region", Time("2018-08")) });
        dated.When(Correct(Change("scope.from", "\"2018-08\"", null))).Then(Correction(Change("scope.from", "\"2018-08\"", null)));
        dated.When(Correct(Change("scope.from", """{"value":"2018-08"}""", null))).Then(Correction(Change("scope.from", """{"value":"2018-08"}""", null)));
        dated.When(Correct(Change("scope.from", "\"2018\"", null))).ThenRefused(RefusalCode.StaleBefore);
    }

    [Fact]
    public void Only_a_date_may_be_given_as_an_object_with_a_value() => Given(Claim)
        .When(Correct(Change("scope.place", """{"value":"Amur region"}""", "\"Primorye\"")))
        .ThenRefused(RefusalCode.StaleBefore);

    [Fact]
    public void Nobody_sends_an_interval_of_their_own() => Given(Claim)
        .When(Correct(Change("scope.from", null,
            """{"value":"2018","basis":"stated","from":"1900-01-01T00:00:00.000000Z","to":"1900-01-02T00:00:00.000000Z"}""")))
        .ThenRefused(RefusalCode.Invalid, "changes.after");

    [Fact]
    public void A_corrected_period_ends_after_it_begins()
    {
        var dated = Given(Claim with { Scope = new("Amur region", Time("2018-08"), Time("2018-09")) });
        dated.When(Correct(Change("scope.to", "\"2018-09\"", "\"2018-07\""))).ThenRefused(RefusalCode.Invalid, "changes.after");
        dated.When(Correct(Change("scope.to", "\"2018-09\"", "\"2017-09\""), Change("scope.from", "\"2018-08\"", "\"2017-08\"")))
            .ThenOne<CorrectionIssued>().Changes.Count.ShouldBe(2);
    }
}
