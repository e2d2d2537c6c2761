namespace Ledger.Domain.Tests.Texts;

public class TypographySpecs
{
    [Theory]
    [InlineData("Caf\u00e9", "Cafe\u0301")]
    [InlineData("1\u00a0237 men", "1 237  men")]
    [InlineData("one\r\ntwo", "one\ntwo")]
    [InlineData("one\u2028two", "one\rtwo")]
    [InlineData("\u201ca\u201d \u00abb\u00bb", "\"a\" \"b\"")]
    [InlineData("\u2018a\u2019", "'a'")]
    [InlineData("1\u20132 \u2014 3", "1-2 - 3")]
    [InlineData("per\u00admits \u200bof\ufeff", "permits of")]
    [InlineData("o\ufb03ce", "office")]
    public void What_a_content_system_changes_by_itself_folds_away(string one, string other) => Typography.Fold(one).ShouldBe(Typography.Fold(other));

    [Theory]
    [InlineData("1,237", "1.237")]
    [InlineData("a b", "ab")]
    [InlineData("Its", "It's")]
    [InlineData("re-sign", "resign")]
    [InlineData("Moscow", "moscow")]
    [InlineData("resume", "r\u00e9sum\u00e9")]
    [InlineData("one two", "one\ntwo")]
    public void What_an_editor_changes_does_not_fold_away(string one, string other) => Typography.Fold(one).ShouldNotBe(Typography.Fold(other));

    [Fact]
    public void A_position_is_found_despite_other_line_ends_and_quotation_marks_and_lost_when_words_change()
    {
        var then = TextParts.Paragraphs("One.\n\u201cTwo\u201d.");
        var pinned = new PinnedEvidence("a", Guid.Empty, 1, new(SelectorType.TextPosition, Start: 6, End: 8));
        EvidenceOutcome In(string text) => EvidenceSearch.Search(text, [pinned], _ => new() { Version = 1, Paragraphs = then })[0];

        In("One.\n\u201cTwo\u201d.").ShouldBe(new("a", Guid.Empty, true));
        In("One.\r\n\"Two\".").ShouldBe(new("a", Guid.Empty, true, true));
        In("One.\n\u201cToo\u201d.").ShouldBe(new("a", Guid.Empty, false));
    }

    [Theory]
    [InlineData("The firm hired 100 men. Nobody else did.", true, false)]
    [InlineData("Now: The firm hired 100 men.", true, false)]
    [InlineData("The\nfirm hired 90 men.", true, true)]
    [InlineData("A company hired 100 men.", false, false)]
    public void A_position_in_a_kept_text_is_found_by_the_words_that_it_covers(string now, bool isFound, bool isTypographic)
    {
        const string Then = "The firm hired 100 men.";
        var pinned = new PinnedEvidence("a", Guid.Empty, 1, new(SelectorType.TextPosition, Start: 0, End: 8));
        EvidenceOutcome Now(string? kept) => EvidenceSearch.Search(now, [pinned],
            _ => new() { Version = 1, Sha256 = TextParts.Sha256(Then), Text = kept, Paragraphs = TextParts.Paragraphs(Then) })[0];

        var outcome = Now(Then);
        (outcome.Found, outcome.Typographic).ShouldBe((isFound, isTypographic));
        Now("[erased]").Found.ShouldBeFalse();
    }

    [Fact]
    public void A_quote_that_only_moved_has_not_changed_its_typography()
    {
        var pinned = new PinnedEvidence("a", Guid.Empty, 1, new(SelectorType.TextPosition, Start: 8, End: 16));
        var outcome = EvidenceSearch.Search("A wholly new lead.\n\nThe firm hired.", [pinned], _ => new() { Version = 1, Paragraphs = TextParts.Paragraphs("Intro.\n\nThe firm hired.") })[0];
        (outcome.Found, outcome.Typographic).ShouldBe((true, false));
    }

    [Theory]
    [InlineData("He said \"no\" twice.", "He said 'no' twice.")]
    [InlineData("He said 'no' twice.", "He said “no” twice.")]
    [InlineData("He said no twice.", "He said\nno twice.")]
    public void Neither_the_kind_of_quotation_mark_nor_a_line_that_breaks_elsewhere_orphans_a_quote(string then, string now)
    {
        var outcome = EvidenceSearch.Search(now, [new("a", Guid.Empty, 1, new(SelectorType.TextQuote, Exact: then))], _ => null)[0];
        (outcome.Found, outcome.Typographic).ShouldBe((true, true));
    }
}
