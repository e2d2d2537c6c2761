namespace Ledger.Formats.Tests;

public sealed class MappedCsvFormatTests
{
    private const string Mapping = """
        {"Nr": "id", "Link": "url", "Headline": "title", "Was": "before", "Is": "after", "Text": "notice", "Sort": "kind", "Day": {"field": "noticeDate", "format": "dd.MM.yyyy"}, "Out": "publishedAt", "By": "author"}
        """;

    private readonly MappedCsvFormat _format = new();

    [Fact]
    public async Task A_row_becomes_a_page_and_a_notice()
    {
        var records = await ReadAsync("Nr;Link;Headline;Was;Is;Text;Sort;Day;Out;By;\n"
            + "1;https://n.example/1;Cars;500 cars;400 cars;It was 400.;Correction;03.08.2018;2018-08;Doe, J.; Roe;\n".Replace("J.; Roe", "J.", StringComparison.Ordinal)
            + "2;https://n.example/2;Bread;;;Taken back.;retraction;;;;\n"
            + "3;https://n.example/3;Milk;;;;;;;;\n"
            + "4;https://n.example/4;Tea;;;\"It was\nhot.\";;31.02.2018;;;\n");
        var correction = records[0].Only("correctAssertion");
        (correction.Body("kind"), correction.Body("publishedAt"), correction.Body("changes")).ShouldBe(
            ("correction", "2018-08-03", """[{"field":"proposition","before":"500 cars","after":"400 cars"}]"""));
        records[0].Only("recordClaim").Body("proposition").ShouldBe("500 cars");
        records[0].Only("recordClaim").Body("publishedAt").ShouldBe("2018-08");
        records[1].Only("retractAssertion").Body("publishedAt").ShouldBeNull();
        records[2].Commands.Count.ShouldBe(4);
        records[3].Only("correctAssertion").Body("text").ShouldBe("It was\nhot.");
        records[3].Unclear.ShouldContain(f => f.Field == "Day");
        records.Select(r => r.Line).ShouldBe([2, 3, 4, 5]);
    }

    [Fact]
    public async Task Bad_rows_are_refused_with_a_reason_and_the_others_are_read()
    {
        var records = await ReadAsync("Nr,Link,Headline,Was,Is,Text,Sort,Day,Out,By\n"
            + "1,,T,,,x,,,,\n" + "2,https://n.example/1,,,,x,,,,\n" + "3,https://n.example/1,T,,,x,erratum,,,\n" + "4,https://n.example/1,\"=cmd|' /C calc'!A0\",,,x,,,,\n"
            + "5,https://n.example/1\n" + $"6,https://n.example/1,{new string('x', 2_001)},,,x,,,,\n" + "7,https://n.example/1,T,,,x,,,,\n");
        records.Select(r => r.Refusal?.Field).ShouldBe(["Link", "Headline", "Sort", "Headline", null, "Headline", null]);
        records[4].Refusal!.Reason.ShouldContain("2 cells");
        records[6].Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData(null, "needs a mapping")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"Link": "link"}""", "is no field")]
    [InlineData("""{"A": "url", "B": "url"}""", "two columns")]
    [InlineData("""{"A": "title"}""", "no column for the field url")]
    [InlineData("""{"Missing": "url"}""", "no column Missing")]
    public async Task A_mapping_that_does_not_fit_is_refused(string? mapping, string expected) =>
        (await Should.ThrowAsync<ArchiveFormatException>(() => _format.ReadAsync("Link\nx\n", new() { Mapping = mapping }))).Message.ShouldContain(expected);

    private Task<List<ArchiveRecord>> ReadAsync(string csv) => _format.ReadAsync(csv, new() { Mapping = Mapping });
}
