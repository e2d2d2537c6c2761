using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class EvidenceSpecs
{
    private static Selector Quote { get; } = new(SelectorType.TextQuote, "1,237 North Koreans", "up to ", " in the Amur");

    private static AttachEvidence Attach { get; } = new() { SourceVersion = new(null, 2), Selector = Quote };

    private static EvidenceAttached Attached { get; } = new() { SourceVersion = new(SourceId, 2), Selector = Quote };

    [Fact]
    public void A_bare_number_is_a_version_of_the_claims_own_source() => Given(Claim).When(Attach).Then(Attached);

    [Fact]
    public void Evidence_may_stand_in_another_source() => Given(Claim)
        .When(Attach with { SourceVersion = new("daily-caller", 1) })
        .Then(Attached with { SourceVersion = new("daily-caller", 1) });

    [Fact]
    public void Evidence_is_pinned_to_the_hash_of_its_version() => Given(Claim)
        .When(Attach, Unbound with { CitedSha256 = "ab12" })
        .Then(Attached with { Sha256 = "ab12" });

    [Fact]
    public void The_same_evidence_again_appends_nothing() => Given(Claim, Attached).When(Attach).ThenNothing();

    [Fact]
    public void Detached_evidence_may_be_attached_again() => Given(Claim, Attached, Withdrawal(2, Attached)).When(Attach).Then(Attached);

    [Fact]
    public void Evidence_for_what_was_never_recorded_is_refused() => Given().When(Attach).ThenRefused(RefusalCode.NotFound);

    [Fact]
    public void A_version_is_numbered_from_1() =>
        Given(Claim).When(Attach with { SourceVersion = new(null, 0) }).ThenRefused(RefusalCode.Invalid, "sourceVersion.version");

    [Fact]
    public void A_position_counts_code_points_from_0_and_is_not_empty()
    {
        Given(Claim).When(Attach with { Selector = new(SelectorType.TextPosition, Start: 0, End: 19) })
            .Then(Attached with { Selector = new(SelectorType.TextPosition, Start: 0, End: 19) });
        foreach (var wrong in new Selector[]
        {
            new(SelectorType.TextPosition), new(SelectorType.TextPosition, Start: 3), new(SelectorType.TextPosition, End: 3),
            new(SelectorType.TextPosition, Start: -1, End: 3), new(SelectorType.TextPosition, Start: 3, End: 3),
            new(SelectorType.TextPosition, "words", Start: 0, End: 3),
        })
        {
            Given(Claim).When(Attach with { Selector = wrong }).ThenRefused(RefusalCode.Invalid, "selector");
        }
    }

    [Fact]
    public void A_quote_selector_has_words_and_no_position()
    {
        Given(Claim).When(Attach with { Selector = new(SelectorType.TextQuote) }).ThenRefused(RefusalCode.Invalid, "selector.exact");
        Given(Claim).When(Attach with { Selector = Quote with { Exact = "" } }).ThenRefused(RefusalCode.Invalid, "selector.exact");
        Given(Claim).When(Attach with { Selector = Quote with { Start = 3 } }).ThenRefused(RefusalCode.Invalid, "selector");
        Given(Claim).When(Attach with { Selector = Quote with { Prefix = "\0" } }).ThenRefused(RefusalCode.Invalid, "selector.prefix");
    }
}
