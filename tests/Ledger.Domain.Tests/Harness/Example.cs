using System.Text.Json;

namespace Ledger.Domain.Tests;

/// <summary>The assertion, source and parties of the specs, and the simplest command of each kind.</summary>
internal static class Example
{
    internal const string Id = "t06";
    internal const string SourceId = "telegraph-print";
    internal const string Publisher = "the-telegraph";
    internal const string Ministry = "russia-labour-ministry";
    internal const string Denier = "russia-mfa";
    internal const string Witness = "c4ads";

    internal static DateTimeOffset Now { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    internal static TimeZoneInfo London { get; } = Zones.Find("Europe/London")!;

    internal static Circumstances Unbound { get; } = new(new Actor("key-desk"), Now) { Publisher = Publisher };

    internal static SourceVersion Print { get; } = new(SourceId, 1);

    internal static RecordClaim StateClaim { get; } = new()
    {
        Id = Id,
        Proposition = "Firms may hire 1,237 North Koreans in the Amur region.",
        Source = Print,
        Attribution = [new(Ministry, Role: "originator"), new(Publisher, Role: "publisher")],
        Figures = [new("workers", 1237, Unit: "people")],
        Scope = new("Amur region"),
    };

    internal static ClaimRecorded Claim { get; } = new()
    {
        Proposition = StateClaim.Proposition,
        Source = Print,
        Publisher = Publisher,
        Attribution = StateClaim.Attribution,
        Figures = StateClaim.Figures,
        Scope = new("Amur region"),
    };

    internal static DenyAssertion Deny { get; } = new()
    {
        Party = Denier,
        Statement = "No such permits were given.",
        Contests = Contests.Whole,
        Source = Print,
    };

    internal static DenialRecorded Denial { get; } = new()
    {
        Party = Denier,
        Statement = Deny.Statement,
        Contests = Contests.Whole,
        Source = Print,
    };

    internal static TakePosition Take(Stance stance) => new() { Party = Witness, Stance = stance, Citation = "Report of 2 August 2018." };

    internal static PositionRecorded Position(Stance stance) => new() { Party = Witness, Stance = stance, Citation = "Report of 2 August 2018." };

    internal static IssueNotice Correct(params IReadOnlyList<Change> changes) => Notice(NoticeKind.Correction) with
    {
        Items = [new() { Assertion = Id, Changes = changes }],
    };

    internal static CorrectionIssued Correction(params IReadOnlyList<Change> changes) => new()
    {
        Notice = new("n1", "An earlier version was wrong."),
        Publisher = Publisher,
        Kind = NoticeKind.Correction,
        Changes = changes,
        Reason = "Reader's letter.",
        Citation = "Print edition, page 2.",
    };

    internal static IssueNotice Notice(NoticeKind kind) => new()
    {
        Id = "n1",
        Publisher = Publisher,
        Kind = kind,
        Text = "An earlier version was wrong.",
        Reason = "Reader's letter.",
        Citation = "Print edition, page 2.",
        Items = [new() { Assertion = Id }],
    };

    internal static RetractionIssued Retraction(Extent extent = Extent.Full) => new()
    {
        Notice = new("n1", "An earlier version was wrong."),
        Publisher = Publisher,
        Extent = extent,
        Reason = "Reader's letter.",
        Citation = "Print edition, page 2.",
    };

    internal static ConcernExpressed Concern { get; } = new()
    {
        Notice = new("n1", "An earlier version was wrong."),
        Publisher = Publisher,
        Reason = "Reader's letter.",
        Citation = "Print edition, page 2.",
    };

    internal static RequestAction Request { get; } = new() { Requester = Denier, Kind = RequestKind.Correction, Text = "Please correct the figure." };

    internal static ActionRequested Requested { get; } = new() { Requester = Denier, Kind = RequestKind.Correction, Text = Request.Text };

    internal static UpstreamChanged Upstream { get; } = new()
    {
        Upstream = "t05",
        Cause = 41,
        CauseType = "correction_issued",
        CauseId = EventId(41),
        Fields = ["figures/workers"],
        Path = ["t05"],
    };

    internal static WithdrawEvent Withdraw { get; } = new() { Reason = "Said in error.", Citation = "Statement of 5 August 2018." };

    internal static Withdrawn Withdrawal(int version, LedgerEvent of) => new()
    {
        Event = EventId(version),
        EventType = EventTypes.NameOf(of),
        Party = WithdrawEvent.PartyBehind(of),
        Reason = Withdraw.Reason,
        Citation = Withdraw.Citation,
    };

    /// <summary>A key that acts for one party alone.</summary>
    internal static Circumstances BoundTo(string party) => Unbound with { Actor = new("key-bound", party) };

    /// <summary>A time as it is stored.</summary>
    internal static StatedTime Time(string value, string zone = "UTC", Basis basis = Basis.Stated) =>
        StatedTime.Resolve(new(value, basis), Zones.Find(zone)!)!;

    /// <summary>A value as a client sends it or the ledger stores it.</summary>
    internal static JsonElement Json(string text) => JsonElement.Parse(text);

    internal static Change Change(string field, string? before, string? after) =>
        new(field, before is null ? null : Json(before), after is null ? null : Json(after));

    /// <summary>The id of the stream's event with this version.</summary>
    internal static Guid EventId(int version) => new(version, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);

    /// <summary>An event as the log holds it: a minute and a position after the one before.</summary>
    internal static Recorded Recorded(string stream, int version, LedgerEvent e) =>
        new(EventId(version), stream, version, 100 + version, Now.AddDays(-1).AddMinutes(version), "key-desk", null, e);
}
