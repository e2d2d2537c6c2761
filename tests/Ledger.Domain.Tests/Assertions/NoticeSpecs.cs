using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class NoticeSpecs
{
    private static Change TheFigure { get; } = Change("figures/workers", "1237", "1273");

    [Theory]
    [InlineData(NoticeKind.Correction)]
    [InlineData(NoticeKind.Concern)]
    [InlineData(NoticeKind.Retraction)]
    public void Notices_come_from_the_sources_publisher(NoticeKind kind)
    {
        var notice = Notice(kind) with { Publisher = Witness, Items = [new() { Assertion = Id, Changes = kind == NoticeKind.Correction ? [TheFigure] : [] }] };
        Given(Claim).When(notice).ThenRefused(RefusalCode.NotThePublisher, "publisher");
    }

    [Fact]
    public void Notices_rest_on_a_source_a_citation_or_an_address()
    {
        Given(Claim).When(Correct(TheFigure) with { Citation = null }).ThenRefused(RefusalCode.CitationMissing, "source");
        Given(Claim)
            .When(Correct(TheFigure) with { Citation = null, Url = "https://example.org/corrections" })
            .Then(Correction(TheFigure) with { Citation = null, Notice = new("n1", "An earlier version was wrong.", "https://example.org/corrections") });
        Given(Claim).When(Correct(TheFigure) with { Citation = null, Source = Print }).Then(Correction(TheFigure) with { Citation = null, Source = Print });
    }

    [Theory]
    [InlineData(NoticeKind.Clarification)]
    [InlineData(NoticeKind.Update)]
    public void Clarifications_and_updates_may_change_nothing_and_say_how_much_they_matter(NoticeKind kind)
    {
        Given(Claim).When(Notice(kind) with { Materiality = Materiality.Minor })
            .Then(Correction() with { Kind = kind, Materiality = Materiality.Minor });
        Given(Claim).When(Notice(kind) with { Items = [new() { Assertion = Id, Changes = [TheFigure] }] })
            .Then(Correction(TheFigure) with { Kind = kind });
    }

    [Fact]
    public void A_correction_says_what_was_and_what_is() => Given(Claim).When(Correct()).ThenRefused(RefusalCode.Invalid, "items.changes");

    [Fact]
    public void Each_kind_of_notice_has_fields_of_its_own()
    {
        NoticeItem changes = new() { Assertion = Id, Changes = [TheFigure] }, extent = new() { Assertion = Id, Extent = Extent.Partial };
        Given(Claim).When(Notice(NoticeKind.Retraction) with { Items = [changes] }).ThenRefused(RefusalCode.Invalid, "items.changes");
        Given(Claim).When(Notice(NoticeKind.Concern) with { Items = [extent] }).ThenRefused(RefusalCode.Invalid, "items.extent");
        Given(Claim).When(Notice(NoticeKind.Concern) with { Materiality = Materiality.Minor }).ThenRefused(RefusalCode.Invalid, "materiality");
    }

    [Fact]
    public void A_notice_names_at_least_one_assertion_and_none_twice()
    {
        var none = Notice(NoticeKind.Concern);
        Given(Claim)
            .When((s, _) => Assertion.Decide(s, none with { Items = [] }, none.Items[0], "n1", Unbound))
            .ThenRefused(RefusalCode.Invalid, "items");
        Given(Claim).When(none with { Items = [none.Items[0], none.Items[0]] }).ThenRefused(RefusalCode.Invalid, "items.assertion");
    }

    [Fact]
    public void A_notice_corrects_an_earlier_notice_on_the_same_assertion() =>
        Given(Claim).When(Correct(TheFigure) with { Corrects = "n0" }).ThenRefused(RefusalCode.UnknownReference, "corrects");

    [Fact]
    public void A_concern_corrects_no_notice() =>
        Given(Claim, Retraction(Extent.Partial)).When(Notice(NoticeKind.Concern) with { Id = "n2", Corrects = "n1" }).ThenRefused(RefusalCode.Invalid, "corrects");

    [Fact]
    public void The_same_notice_again_appends_nothing_with_or_without_its_id()
    {
        Given(Claim, Correction(TheFigure)).When(Correct(TheFigure)).ThenNothing();
        Given(Claim, Correction(TheFigure)).When(Correct(TheFigure) with { Id = null }).ThenNothing();
        Given(Claim, Correction() with { Kind = NoticeKind.Update }).When(Notice(NoticeKind.Update) with { Id = null }).ThenNothing();
    }

    [Fact]
    public void The_same_correction_counts_again_once_the_value_has_come_back()
    {
        var back = Correction(Change("figures/workers", "1273", "1237")) with { Notice = new("n2", "The first figure was right.") };
        Given(Claim, Correction(TheFigure), back)
            .When(Correct(TheFigure) with { Id = null })
            .Then(Correction(TheFigure) with { Notice = new("made-0", "An earlier version was wrong.") });
    }

    [Theory]
    [InlineData(NoticeKind.Update)]
    [InlineData(NoticeKind.Retraction)]
    [InlineData(NoticeKind.Concern)]
    public void Other_words_under_the_id_of_a_notice_are_refused(NoticeKind kind)
    {
        var other = Notice(kind) with { Text = "Something else altogether." };
        Given(Claim, Correction(TheFigure)).When(other).ThenRefused(RefusalCode.IdTaken, "id");
        Given(Claim, Retraction(Extent.Partial)).When(other).ThenRefused(RefusalCode.IdTaken, "id");
        Given(Claim, Concern).When(other).ThenRefused(RefusalCode.IdTaken, "id");
    }
}
