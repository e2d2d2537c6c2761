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
    public void What_an_editor_changes_does_not(string one, string other) => Typography.Fold(one).ShouldNotBe(Typography.Fold(other));

    [Fact]
    public void A_place_is_found_behind_other_line_ends_and_quotation_marks_and_lost_behind_other_words()
    {
        var then = TextParts.Paragraphs("One.\n\u201cTwo\u201d.");
        var pinned = new PinnedEvidence("a", Guid.Empty, 1, new(SelectorType.TextPosition, Start: 6, End: 8));
        EvidenceOutcome In(string text) => EvidenceSearch.Search(text, [pinned], _ => new() { Version = 1, Paragraphs = then })[0];

        In("One.\n\u201cTwo\u201d.").ShouldBe(new("a", Guid.Empty, true));
        In("One.\r\n\"Two\".").ShouldBe(new("a", Guid.Empty, true, true));
        In("One.\n\u201cToo\u201d.").ShouldBe(new("a", Guid.Empty, false));
    }
}
