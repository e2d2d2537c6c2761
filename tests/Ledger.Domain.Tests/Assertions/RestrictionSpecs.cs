using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class RestrictionSpecs
{
    private static RestrictAccess Restrict { get; } = new() { Assertion = Id, Reason = RestrictionReason.Hold };

    private static AccessRestricted Restricted { get; } = new() { Reason = RestrictionReason.Hold };

    [Theory]
    [InlineData(RestrictionReason.Embargo)]
    [InlineData(RestrictionReason.Kill)]
    [InlineData(RestrictionReason.Unpublished)]
    [InlineData(RestrictionReason.Legal)]
    public void An_assertion_is_restricted(RestrictionReason reason) =>
        Given(Claim).When(Restrict with { Reason = reason }).Then(Restricted with { Reason = reason });

    [Fact]
    public void A_source_is_restricted() => GivenSource(new SourceRegistered { Publisher = Publisher, TimeZone = "Europe/London" })
        .When(new RestrictAccess { Source = SourceId, Reason = RestrictionReason.Embargo, Until = new("2026-12-01") })
        .Then(new AccessRestricted { Reason = RestrictionReason.Embargo, Until = Time("2026-12-01", "Europe/London") });

    [Fact]
    public void A_restriction_is_of_one_assertion_or_one_source()
    {
        Given(Claim).When(Restrict with { Source = SourceId }).ThenRefused(RefusalCode.Invalid, "assertion");
        Given(Claim).When(Restrict with { Assertion = null }).ThenRefused(RefusalCode.Invalid, "assertion");
    }

    [Fact]
    public void The_end_of_a_restriction_is_still_to_come()
    {
        Given(Claim).When(Restrict with { Until = new("2026-11-21") }).ThenRefused(RefusalCode.Invalid, "until");
        Given(Claim).When(Restrict with { Until = new("2026-11-22T12:00:00Z") }).ThenOne<AccessRestricted>();
        Given(Claim).When(Restrict with { Until = new("2026-11-22") }).ThenOne<AccessRestricted>().HoldsAt(Now).ShouldBeTrue();
    }

    [Fact]
    public void A_restriction_holds_to_the_end_of_its_last_day()
    {
        var restricted = Restricted with { Until = Time("2026-11-22") };
        restricted.HoldsAt(new(2026, 11, 22, 23, 59, 59, TimeSpan.Zero)).ShouldBeTrue();
        restricted.HoldsAt(new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero)).ShouldBeFalse();
        Restricted.HoldsAt(DateTimeOffset.MaxValue).ShouldBeTrue();
    }

    [Fact]
    public void The_same_restriction_again_appends_nothing_until_it_is_lifted()
    {
        Given(Claim, Restricted).When(Restrict).ThenNothing();
        Given(Claim, Restricted, Withdrawal(2, Restricted)).When(Restrict).Then(Restricted);
    }
}
