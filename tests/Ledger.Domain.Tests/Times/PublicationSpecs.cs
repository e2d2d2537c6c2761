using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Times;

/// <summary>When the public could know of an event. This is resolved once, when the event is written.</summary>
public class PublicationSpecs
{
    private static Circumstances Cited { get; } = Unbound with { CitedPublication = Time("2018-08-04"), Zone = London };

    private static ClaimRecorded PublishedClaim { get; } = Claim with { PublishedAt = Time("2018-08-03") };

    [Fact]
    public void A_given_publication_holds_in_the_zone_of_the_source() => Given(Claim)
        .When(Deny with { PublishedAt = new("2018-08-05", Basis.Inferred), OccurredAt = new("2018-08-04T10:00:00+01:00") }, Cited)
        .Then(Denial with { PublishedAt = Time("2018-08-05", "Europe/London", Basis.Inferred), OccurredAt = Time("2018-08-04T10:00:00+01:00") });

    [Fact]
    public void Without_a_given_time_the_publication_of_the_cited_version_holds()
    {
        Given(Claim).When(Deny, Cited).Then(Denial with { PublishedAt = Time("2018-08-04") });
        Given().When(StateClaim, Cited).Then(Claim with { PublishedAt = Time("2018-08-04") });
    }

    [Fact]
    public void Without_a_given_time_evidence_links_and_amendments_take_the_publication_of_the_claim()
    {
        var given = Given(PublishedClaim);
        given.When(new AttachEvidence { SourceVersion = new(null, 1), Selector = new(SelectorType.TextQuote, "x") })
            .ThenOne<EvidenceAttached>().PublishedAt.ShouldBe(PublishedClaim.PublishedAt);
        given.When(new AddLink { To = new("t05", null), Relation = Relation.Restates, Basis = Basis.Stated })
            .ThenOne<Linked>().PublishedAt.ShouldBe(PublishedClaim.PublishedAt);
        given.When(new AmendEntry { Field = "language", After = Json("\"en\""), Reason = "Left out." })
            .ThenOne<EntryAmended>().PublishedAt.ShouldBe(PublishedClaim.PublishedAt);
    }

    [Fact]
    public void An_unknown_publication_counts_as_the_time_of_recording()
    {
        var given = Given(PublishedClaim);
        given.When(Deny with { Source = null, Citation = "A briefing." }).ThenOne<DenialRecorded>().PublishedAt.ShouldBeNull();
        given.When(Request).ThenOne<ActionRequested>().PublishedAt.ShouldBeNull();
        given.When(Notice(NoticeKind.Concern)).ThenOne<ConcernExpressed>().PublishedAt.ShouldBeNull();
        var recorded = Given(Claim).History[0];
        recorded.Known.ShouldBe(Interval.At(recorded.RecordedAt));
        recorded.Since.ShouldBe("2026-11-21T12:01:00.000000Z");
        Given(PublishedClaim).History[0].Since.ShouldBe("2018-08-03");
    }

    [Fact]
    public void Evidence_and_links_recorded_with_a_claim_share_its_publication() => Given()
        .When((s, _) => Assertion.Decide(s, StateClaim with { Evidence = [new(new(SelectorType.TextQuote, "x"))] }, Cited))
        .Then(
            Claim with { PublishedAt = Time("2018-08-04") },
            new EvidenceAttached { SourceVersion = Print, Selector = new(SelectorType.TextQuote, "x"), PublishedAt = Time("2018-08-04") });

    [Theory]
    [InlineData("2026-11-22T12:05:00.000001Z")]
    [InlineData("2026-11-23")]
    [InlineData("2026-12")]
    [InlineData("2027")]
    public void A_publication_in_the_future_is_refused_beyond_the_tolerance_for_clocks(string publishedAt) =>
        Given(Claim).When(Deny with { PublishedAt = new(publishedAt) }).ThenRefused(RefusalCode.NotYetPublished, "publishedAt");

    [Theory]
    [InlineData("2026-11-22T12:05:00Z")]
    [InlineData("2026-11-22T14:04:59+02:00")]
    [InlineData("2026-11-22")]
    [InlineData("2026-11")]
    [InlineData("2026")]
    public void A_time_that_has_begun_may_be_a_publication(string publishedAt) =>
        Given(Claim).When(Deny with { PublishedAt = new(publishedAt) }).ThenOne<DenialRecorded>().PublishedAt!.Value.ShouldBe(publishedAt);

    [Theory]
    [InlineData("publishedAt")]
    [InlineData("occurredAt")]
    public void A_time_is_one_of_the_four_forms(string field)
    {
        TimeInput wrong = new("3 August 2018");
        Given(Claim)
            .When(field == "publishedAt" ? Deny with { PublishedAt = wrong } : Deny with { OccurredAt = wrong })
            .ThenRefused(RefusalCode.Invalid, field);
    }
}
