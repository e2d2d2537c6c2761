using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class RequestSpecs
{
    [Theory]
    [InlineData(RequestKind.Correction)]
    [InlineData(RequestKind.Removal)]
    [InlineData(RequestKind.Reply)]
    [InlineData(RequestKind.Review)]
    public void Anyone_may_ask(RequestKind kind) => Given(Claim).When(Request with { Kind = kind }).Then(Requested with { Kind = kind });

    [Fact]
    public void A_deadline_is_resolved_in_the_sources_zone() => Given(Claim)
        .When(Request with { Deadline = new("2026-12-01") }, Unbound with { Zone = London })
        .Then(Requested with { Deadline = Time("2026-12-01", "Europe/London") });

    [Fact]
    public void A_deadline_is_a_day_that_the_calendar_has() =>
        Given(Claim).When(Request with { Deadline = new("2026-11-31") }).ThenRefused(RefusalCode.Invalid, "deadline");

    [Fact]
    public void The_same_request_again_appends_nothing_while_it_is_open()
    {
        Given(Claim, Requested).When(Request).ThenNothing();
        Given(Claim, Requested, new ActionAnswered { Request = EventId(2), By = Publisher }).When(Request).Then(Requested);
    }

    [Fact]
    public void A_request_needs_a_text() => Given(Claim).When(Request with { Text = "" }).ThenRefused(RefusalCode.Invalid, "text");

    [Fact]
    public void A_request_about_what_was_never_recorded_is_refused() => Given().When(Request).ThenRefused(RefusalCode.NotFound);
}
