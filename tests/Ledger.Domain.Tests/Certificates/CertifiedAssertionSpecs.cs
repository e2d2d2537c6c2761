using static Ledger.Domain.Tests.Example;

namespace Ledger.Domain.Tests.Certificates;

/// <summary>What a certificate says of one assertion, of a moment.</summary>
public class CertifiedAssertionSpecs
{
    /// <summary>A claim of 3 August 2018 and a correction of 5 August, recorded in November 2026.</summary>
    private static readonly List<Recorded> Stream = Recorded(
        Claim with { PublishedAt = Time("2018-08-03") },
        Correction(Change("proposition", "\"Firms may hire 1,237 North Koreans in the Amur region.\"", "\"Firms may hire 1,000.\"")) with { PublishedAt = Time("2018-08-05") });

    [Fact]
    public void Known_is_what_was_published_by_the_end_of_the_day()
    {
        Of("2018-08-02").Known.ShouldBeNull();
        Of("2018-08-03").Known!.Proposition.ShouldBe(Claim.Proposition);
        Of("2018-08-04").Known!.Version.ShouldBe(1);
        Of("2018-08-05").Known!.Proposition.ShouldBe("Firms may hire 1,000.");
        Of("2018-08-05").Known!.Version.ShouldBe(2);
    }

    [Fact]
    public void Recorded_is_what_the_ledger_held_before_the_end_of_the_moment()
    {
        var (first, second) = (Stream[0].RecordedAt, Stream[1].RecordedAt);

        Of("2018-08-05").Recorded.ShouldBeNull();
        Of(new Interval(first.AddMinutes(-1), first)).Recorded.ShouldBeNull();
        Of(new Interval(first, second)).Recorded!.Version.ShouldBe(1);
        Of(new Interval(first, second.AddMicroseconds(1))).Recorded!.Version.ShouldBe(2);
    }

    [Fact]
    public void What_was_published_after_the_moment_is_listed_with_the_label_before_and_after_it()
    {
        var (claim, correction) = (Of("2018-08-02").Since[0], Of("2018-08-02").Since[1]);
        (claim.Type, claim.Position, claim.LabelBefore, claim.LabelAfter, claim.Uncertain).ShouldBe(("claim_recorded", 101L, null, "reported", false));
        (correction.Type, correction.Since, correction.LabelBefore, correction.LabelAfter).ShouldBe(("correction_issued", "2018-08-05", "reported", "corrected"));
        (correction.Notice!.Text, correction.Changes.Single().Field).ShouldBe(("An earlier version was wrong.", "proposition"));

        Of("2018-08-04").Since.Select(e => e.Type).ShouldBe(["correction_issued"]);
        Of("2018-08-05").Since.ShouldBeEmpty();
    }

    [Fact]
    public void What_may_have_been_published_by_the_moment_is_listed_as_uncertain()
    {
        var stream = Recorded(Claim with { PublishedAt = Time("2018-07") }, Denial with { PublishedAt = Time("2018-08") });

        CertifiedAssertion.Of(Id, stream, Moment("2018-07-31"))!.Since.Select(e => e.Uncertain).ShouldBe([false]);
        CertifiedAssertion.Of(Id, stream, Moment("2018-08-01"))!.Since.Select(e => e.Uncertain).ShouldBe([true]);
        CertifiedAssertion.Of(Id, stream, Moment("2018-08-31"))!.Since.ShouldBeEmpty();
    }

    [Fact]
    public void A_retraction_a_concern_and_a_slip_that_was_mended_say_what_they_changed()
    {
        var amended = new EntryAmended { Field = "part", Before = Json("\"body\""), After = Json("\"headline\""), Reason = "A slip." };
        var stream = Recorded(Claim with { PublishedAt = Time("2018-08-03") }, Retraction(Extent.Partial) with { PublishedAt = Time("2018-08-05") },
            Concern with { PublishedAt = Time("2018-08-06") }, amended);

        var since = CertifiedAssertion.Of(Id, stream, Moment("2018-08-04"))!.Since;
        since.Select(e => e.Notice?.Text).ShouldBe(["An earlier version was wrong.", "An earlier version was wrong.", null]);
        since.Select(e => e.Changes.Count).ShouldBe([0, 0, 1]);
        since[2].Changes.Single().ToString().ShouldBe(new Change("part", Json("\"body\""), Json("\"headline\"")).ToString());
    }

    [Fact]
    public void A_stream_without_a_claim_has_no_certificate() => CertifiedAssertion.Of(Id, [], Moment("2018-08-04")).ShouldBeNull();

    [Fact]
    public void Now_is_the_state_after_all_events()
    {
        Of("2018-08-03").Now.Proposition.ShouldBe("Firms may hire 1,000.");
        (Of("2018-08-03").Assertion, Of("2018-08-03").Now.Position, Of("2018-08-03").Now.Standing.Label).ShouldBe((Id, 102L, "corrected"));
    }

    private static CertifiedAssertion Of(string day) => Of(Moment(day));

    private static CertifiedAssertion Of(Interval moment) => CertifiedAssertion.Of(Id, Stream, moment)!;

    private static Interval Moment(string day) => PartialDate.TryInterval(day, TimeZoneInfo.Utc, out var moment) ? moment : throw new ArgumentException(day);

    private static List<Recorded> Recorded(params IReadOnlyList<LedgerEvent> events) =>
        [.. events.Select((e, i) => Example.Recorded(Ids.AssertionStream(Id), i + 1, e))];
}
