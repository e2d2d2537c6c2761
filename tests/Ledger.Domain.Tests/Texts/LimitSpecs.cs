using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Texts;

public class LimitSpecs
{
    private static string Long(int codePoints) => string.Concat(Enumerable.Repeat("😀", codePoints));

    [Fact]
    public void A_proposition_and_a_statement_have_ten_thousand_code_points_at_most()
    {
        Limits.StatementCodePointsMax.ShouldBe(10_000);
        Given().When(StateClaim with { Proposition = Long(10_000) }).ThenOne<ClaimRecorded>();
        Given().When(StateClaim with { Proposition = Long(10_001) }).ThenRefused(RefusalCode.Invalid, "proposition");
        Given(Claim).When(Deny with { Statement = Long(10_000) }).ThenOne<DenialRecorded>();
        Given(Claim).When(Deny with { Statement = Long(10_001) }).ThenRefused(RefusalCode.Invalid, "statement");
        Given(Claim).When(Request with { Text = Long(10_001) }).ThenRefused(RefusalCode.Invalid, "text");
        Given(Claim).When(Correct(Change("proposition", $"\"{Claim.Proposition}\"", $"\"{Long(10_001)}\""))).ThenRefused(RefusalCode.Invalid, "changes.after");
    }

    [Fact]
    public void Short_texts_and_topics_have_a_maximum_length()
    {
        Given(Claim).When(Deny with { Ground = Long(Limits.LineCodePointsMax) }).ThenOne<DenialRecorded>();
        Given(Claim).When(Deny with { Ground = Long(Limits.LineCodePointsMax + 1) }).ThenRefused(RefusalCode.Invalid, "ground");
        Given().When(StateClaim with { Topics = [Long(Limits.WordCodePointsMax)] }).ThenOne<ClaimRecorded>();
        Given().When(StateClaim with { Topics = [Long(Limits.WordCodePointsMax + 1)] }).ThenRefused(RefusalCode.Invalid, "topics");
    }

    [Fact]
    public void A_request_has_sixty_four_items_of_a_kind_at_most()
    {
        Limits.ItemsMax.ShouldBe(64);
        Given().When(StateClaim with { Topics = [.. Enumerable.Repeat("labour", 64)] }).ThenOne<ClaimRecorded>();
        Given().When(StateClaim with { Topics = [.. Enumerable.Repeat("labour", 65)] }).ThenRefused(RefusalCode.Invalid, "topics");
        Given().When(StateClaim with { Attribution = [.. Enumerable.Repeat(new Attribution(Witness), 65)] }).ThenRefused(RefusalCode.Invalid, "attribution");
        Given().When(StateClaim with { Figures = [.. Enumerable.Range(0, 65).Select(n => new Figure($"f{n}", n))] }).ThenRefused(RefusalCode.Invalid, "figures");
        var quote = new EvidenceInput(new(SelectorType.TextQuote, "x"));
        Given().When(StateClaim with { Evidence = [.. Enumerable.Repeat(quote, 65)] }).ThenRefused(RefusalCode.Invalid, "evidence");
        var changes = Enumerable.Range(0, 65).Select(n => Change("figures/workers", $"{1237 + n}", $"{1238 + n}")).ToArray();
        Given(Claim).When(Correct(changes)).ThenRefused(RefusalCode.Invalid, "items.changes");
        Given(Claim).When(Correct(changes[..64])).ThenOne<CorrectionIssued>();
    }

    [Fact]
    public void Figures_added_one_by_one_stay_within_the_bound()
    {
        var full = Claim with { Figures = [.. Enumerable.Range(0, 64).Select(n => new Figure($"f{n}", n))] };
        Given(full).When(Correct(Change("figures/one-more", null, "1"))).ThenRefused(RefusalCode.Invalid, "figures");
    }

    [Theory]
    [InlineData("t06", true)]
    [InlineData("01", true)]
    [InlineData("a--", true)]
    [InlineData("a", false)]
    [InlineData("-a", false)]
    [InlineData("T06", false)]
    [InlineData("t 06", false)]
    [InlineData("t06\n", false)]
    [InlineData("tö6", false)]
    [InlineData("", false)]
    public void Ids_are_lower_case_letters_digits_and_dashes(string id, bool valid) => Ids.IsId(id).ShouldBe(valid);

    [Fact]
    public void Ids_have_two_to_eighty_characters()
    {
        Ids.IsId(new string('a', 80)).ShouldBeTrue();
        Ids.IsId(new string('a', 81)).ShouldBeFalse();
    }

    [Fact]
    public void A_streams_name_tells_its_type_and_id()
    {
        Ids.OfStream(Ids.AssertionStream("a-b-c")).ShouldBe(("assertion", "a-b-c"));
        Ids.OfStream(Ids.SourceStream("t06")).ShouldBe(("source", "t06"));
        Ids.OfStream(Ids.PartyStream("t06")).ShouldBe(("party", "t06"));
        Ids.OfStream("odd").ShouldBe(("", "odd"));
    }
}
