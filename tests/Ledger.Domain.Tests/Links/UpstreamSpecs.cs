using static Ledger.Domain.Tests.Example;

namespace Ledger.Domain.Tests;

public class UpstreamSpecs
{
    private static UpstreamChanged Denied { get; } = new()
    {
        Upstream = "t05", Cause = 41, CauseType = "denial_recorded", CauseId = EventId(41), Fields = ["proposition"], Basis = Basis.Inferred, Path = ["t05"],
    };

    private static UpstreamChanged DenialWithdrawn { get; } = Denied with { Cause = 42, CauseType = "withdrawn", CauseId = EventId(42), Closes = [EventId(41)] };

    [Fact]
    public void A_withdrawn_denial_leaves_nothing_open_elsewhere() => Flags(Claim, Denied, DenialWithdrawn).ShouldNotContain("deniedElsewhere");

    [Fact]
    public void A_denial_said_anew_takes_the_place_of_the_earlier_one()
    {
        var anew = Denied with { Cause = 43, CauseId = EventId(43), Closes = [EventId(41)] };

        Fold(Claim, Denied, anew).Entries.Standing<UpstreamChanged>().Select(u => u.Event.Cause).ShouldBe([43]);
    }

    [Fact]
    public void A_withdrawn_denial_is_flagged_where_it_had_been_answered()
    {
        var answered = new ActionAnswered { Upstream = 102, By = Publisher, Outcome = Outcome.Updated };

        Flags(Claim, Denied, answered).ShouldNotContain("deniedElsewhere");
        Flags(Claim, Denied, answered, DenialWithdrawn).ShouldContain("possiblyAffected");
    }

    [Fact]
    public void Only_a_correction_of_the_touched_field_closes_the_upstream_change()
    {
        Fold(Claim, Upstream, Correction("figures/workers")).Entries.Standing<UpstreamChanged>().ShouldBeEmpty();
        Fold(Claim, Upstream, Correction("scope.place")).Entries.Standing<UpstreamChanged>().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_denial_elsewhere_stays_visible_as_rejected()
    {
        var rejected = new ActionAnswered { Upstream = 102, By = Publisher, Outcome = Outcome.Rejected };

        StandingFlags.Of(Fold(Claim, Denied, rejected)).Single(f => f.Name == "deniedElsewhere").Detail.ShouldContain("judged not to apply");
    }

    [Fact]
    public void The_last_answer_to_an_upstream_change_counts()
    {
        var rejected = new ActionAnswered { Upstream = 102, By = Publisher, Outcome = Outcome.Rejected };

        Flags(Claim, Denied, rejected, rejected with { Outcome = Outcome.Noted }).ShouldNotContain("deniedElsewhere");
        Flags(Claim, Denied, rejected with { Outcome = Outcome.Noted }, rejected).ShouldContain("deniedElsewhere");
    }

    [Fact]
    public void A_rejected_change_ends_with_its_cause_and_leaves_no_flag()
    {
        var rejected = new ActionAnswered { Upstream = 102, By = Publisher, Outcome = Outcome.Rejected };

        Flags(Claim, Denied with { AwaitsAnswer = true }, rejected, DenialWithdrawn with { AwaitsAnswer = true })
            .ShouldNotContain(f => f == "deniedElsewhere" || f == "possiblyAffected" || f == "awaitingAnswer");
    }

    [Fact]
    public void Upstream_flags_end_with_the_last_link()
    {
        var link = new Linked { To = new("t05", null), Relation = Relation.Restates, LinkedBy = "p" };
        var other = link with { To = new("t04", null), Relation = Relation.DerivedFrom };
        var contradicts = link with { To = new("t04", null), Relation = Relation.Contradicts };
        var unlinked = new Withdrawn { Event = EventId(2), EventType = "linked", Reason = "Not the same." };
        var told = Denied with { AwaitsAnswer = true };
        var rejected = new ActionAnswered { Upstream = 103, By = Publisher, Outcome = Outcome.Rejected };

        Flags(Claim, link, told).ShouldContain("deniedElsewhere");
        Flags(Claim, link, told, unlinked).ShouldNotContain(f => f == "deniedElsewhere" || f == "awaitingAnswer");
        Flags(Claim, link, told, contradicts, unlinked).ShouldNotContain("deniedElsewhere");
        Flags(Claim, link, told, rejected, unlinked).ShouldNotContain("deniedElsewhere");
        Flags(Claim, link, told, other, unlinked).ShouldContain("deniedElsewhere");
        Flags(Claim, link, told with { Path = ["t04", "t05"] }, unlinked).ShouldContain("deniedElsewhere");
    }

    [Fact]
    public void A_later_version_without_the_evidence_closes_upstream_changes_published_before_it()
    {
        var told = Denied with { AwaitsAnswer = true, PublishedAt = Time("2020-01-15") };
        Recorded Capture(string publishedAt, params EvidenceOutcome[] outcomes) => new(EventId(60), "source-s", 2, 160, DateTimeOffset.UnixEpoch.AddDays(1), "p", null,
            new VersionCaptured { Version = 2, PublishedAt = Time(publishedAt), Evidence = outcomes });
        var (lost, found) = (new EvidenceOutcome(Id, EventId(2), false), new EvidenceOutcome(Id, EventId(3), true));

        var met = UpstreamChanged.MetBy(Fold(Claim, told), Capture("2020-02-01", lost)).ShouldNotBeNull();
        met.Closes.ShouldBe([EventId(41)]);
        (met.Cause, met.CauseType, met.CauseId).ShouldBe((160, "version_captured", EventId(60)));
        Flags(Claim, told, met).ShouldNotContain(f => f == "deniedElsewhere" || f == "possiblyAffected" || f == "awaitingAnswer");

        UpstreamChanged.MetBy(Fold(Claim, told), Capture("2020-02-01", lost, found)).ShouldBeNull("some of it still stands");
        UpstreamChanged.MetBy(Fold(Claim, told), Capture("2020-02-01", lost with { Assertion = "other" })).ShouldBeNull();
        UpstreamChanged.MetBy(Fold(Claim, told), Capture("2020-01-01", lost)).ShouldBeNull("that version came before the change");
        UpstreamChanged.MetBy(Fold(Claim, told), Capture("2020", lost)).ShouldBeNull("the order is not known");
        UpstreamChanged.MetBy(Fold(Claim, told, met), Capture("2020-03-01", lost)).ShouldBeNull("it is met already");
        UpstreamChanged.MetBy(Fold(Claim), Capture("2020-02-01", lost)).ShouldBeNull();
    }

    private static CorrectionIssued Correction(string field) => new() { Notice = new("n", "n"), Publisher = Publisher, Changes = [new(field)] };

    private static IEnumerable<string> Flags(params LedgerEvent[] events) => StandingFlags.Of(Fold(events)).Select(f => f.Name);

    private static Assertion Fold(params LedgerEvent[] events) => Assertion.Fold(events.Select((e, i) =>
        new Recorded(EventId(i + 1), Ids.AssertionStream(Id), i + 1, 101 + i, DateTimeOffset.UnixEpoch.AddSeconds(i), "p", null, e)));
}
