using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Texts;

public class CodePointSpecs
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 2)]
    [InlineData("😀", 1)]
    [InlineData("👩‍🚀", 3)]
    [InlineData("МИД", 3)]
    public void Texts_are_counted_in_code_points(string text, int count) => CodePoints.Count(text).ShouldBe(count);

    // Lone surrogates do not survive the metadata of an attribute, so they are written here.
    private static string[] IllFormed { get; } = ["NUL\0", "\uD83D", "\uDE00", "\uDE00\uD83D", "a\uD83Db"];

    public static TheoryData<int> EachIllFormed { get; } = [.. Enumerable.Range(0, IllFormed.Length)];

    [Theory]
    [InlineData("plain")]
    [InlineData("😀")]
    [InlineData("line\nand\ttab")]
    [InlineData("\uFFFD\uFFFE")]
    [InlineData("")]
    public void Well_formed_text_is_accepted(string text) => CodePoints.IsWellFormed(text).ShouldBeTrue();

    [Theory]
    [MemberData(nameof(EachIllFormed))]
    public void Lone_surrogates_and_nul_are_no_text(int index) => CodePoints.IsWellFormed(IllFormed[index]).ShouldBeFalse();

    [Theory]
    [MemberData(nameof(EachIllFormed))]
    public void Ill_formed_text_is_refused_wherever_it_stands(int index)
    {
        var text = IllFormed[index];
        Given().When(StateClaim with { Proposition = text }).ThenRefused(RefusalCode.Invalid, "proposition");
        Given().When(StateClaim with { Attribution = [new(Description: text)] }).ThenRefused(RefusalCode.Invalid, "attribution.description");
        Given().When(StateClaim with { Topics = [text] }).ThenRefused(RefusalCode.Invalid, "topics");
        Given().When(StateClaim with { Scope = new(text) }).ThenRefused(RefusalCode.Invalid, "scope.place");
        Given(Claim).When(Deny with { Ground = text }).ThenRefused(RefusalCode.Invalid, "ground");
        Given(Claim).When(Deny with { Citation = text }).ThenRefused(RefusalCode.Invalid, "citation");
        Given(Claim).When(Notice(NoticeKind.Concern) with { Text = text }).ThenRefused(RefusalCode.Invalid, "text");
        Given(Claim).When(Take(Stance.Rules) with { Rating = text }).ThenRefused(RefusalCode.Invalid, "rating");
    }

    [Theory]
    [InlineData("one", "one:0+3")]
    [InlineData("one\ntwo", "one:0+3 two:4+3")]
    [InlineData("\n\n  one  \n", "one:4+3")]
    [InlineData("😀 x\r\nnext\r\n", "😀 x:0+3 next:5+4")]
    [InlineData(" \n\t\n", "")]
    public void Paragraphs_are_the_lines_that_say_something(string text, string expected) =>
        string.Join(' ', TextParts.Paragraphs(text).Select(p =>
        {
            var words = string.Concat(text.EnumerateRunes().Skip(p.Start).Take(p.Length).Select(r => r.ToString()));
            p.Sha256.ShouldBe(TextParts.Sha256(words));
            return $"{words}:{p.Start}+{p.Length}";
        })).ShouldBe(expected);
}
