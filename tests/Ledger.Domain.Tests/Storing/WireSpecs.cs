using System.Text.Json;

namespace Ledger.Domain.Tests.Storing;

/// <summary>What clients send is read strictly: nothing is silently lost or guessed.</summary>
public class WireSpecs
{
    private const string Deny = """ "party":"russia-mfa","statement":"No.","contests":"whole","citation":"A briefing." """;

    [Fact]
    public void A_command_is_the_body_of_its_request() =>
        Read<DenyAssertion>($$"""{{{Deny}},"occurredAt":{"value":"2018-08","basis":"inferred"} }""").ShouldBe(new()
        {
            Party = "russia-mfa",
            Statement = "No.",
            Contests = Contests.Whole,
            Citation = "A briefing.",
            OccurredAt = new("2018-08", Basis.Inferred),
        });

    [Theory]
    [InlineData("\"mood\":\"grave\"")]
    [InlineData("\"Ground\":\"x\"")]
    [InlineData("\"party\":\"c4ads\"")]
    [InlineData("\"ground\":7")]
    [InlineData("\"reaffirms\":\"seven\"")]
    [InlineData("\"source\":{\"id\":\"telegraph-print\"}")]
    [InlineData("\"source\":{\"id\":\"telegraph-print\",\"version\":\"1\"}")]
    [InlineData("\"source\":{\"id\":null,\"version\":1}")]
    public void Unknown_misspelt_doubled_and_ill_typed_fields_are_refused(string field) =>
        Should.Throw<JsonException>(() => Read<DenyAssertion>($$"""{{{Deny}},{{field}}}"""));

    [Theory]
    [InlineData("""{"statement":"No.","contests":"whole"}""")]
    [InlineData("""{"party":null,"statement":"No.","contests":"whole"}""")]
    [InlineData("""{"party":"russia-mfa","statement":"No.","contests":"all"}""")]
    [InlineData("""{"party":"russia-mfa","statement":"No.","contests":{}}""")]
    [InlineData("""{"party":"russia-mfa","statement":"No.","contests":{"part":null}}""")]
    [InlineData("""{"party":"russia-mfa","statement":"No.","contests":{"part":"x","whole":true}}""")]
    [InlineData("""["party"]""")]
    public void A_body_with_a_missing_or_malformed_field_is_refused(string body) => Should.Throw<JsonException>(() => Read<DenyAssertion>(body));

    [Theory]
    [InlineData("attribution")]
    [InlineData("figures")]
    [InlineData("topics")]
    [InlineData("evidence")]
    [InlineData("links")]
    public void Lists_hold_no_nulls(string list)
    {
        const string Claim = """ "proposition":"x","source":{"id":"telegraph-print","version":1} """;
        var attribution = list == "attribution" ? "" : "\"attribution\":[],";
        Should.Throw<JsonException>(() => Read<RecordClaim>($$"""{{{Claim}},{{attribution}}"{{list}}":[null]}"""));
        Read<RecordClaim>($$"""{{{Claim}},{{attribution}}"{{list}}":[]}""").Proposition.ShouldBe("x");
    }

    [Fact]
    public void A_change_may_carry_any_valid_JSON_value()
    {
        var item = Read<NoticeItem>("""{"assertion":"t06","changes":[{"field":"figures/workers","before":1237.0,"after":null},{"field":"part","after":"body"}]}""");
        item.Changes[0].Before!.Value.GetRawText().ShouldBe("1237.0");
        item.Changes[0].After.ShouldBeNull();
        item.Changes[1].Before.ShouldBeNull();
        Should.Throw<JsonException>(() => Read<NoticeItem>("""{"assertion":"t06","changes":[{"field":"part","after":{"a":1,"a":2}}]}"""));
        Should.Throw<JsonException>(() => Read<NoticeItem>("""{"assertion":"t06","changes":[{"before":1}]}"""));
    }

    [Fact]
    public void Evidence_may_be_pinned_by_number_or_by_name()
    {
        const string Selector = """ "selector":{"type":"TextPositionSelector","start":0,"end":3} """;
        Read<AttachEvidence>($$"""{"sourceVersion":2,{{Selector}}}""").SourceVersion.ShouldBe(new(null, 2));
        Read<AttachEvidence>($$"""{"sourceVersion":{"id":"daily-caller","version":2},{{Selector}}}""").SourceVersion.ShouldBe(new("daily-caller", 2));
        Should.Throw<JsonException>(() => Read<AttachEvidence>($$"""{"sourceVersion":"2",{{Selector}}}"""));
        Should.Throw<JsonException>(() => Read<AttachEvidence>("""{"sourceVersion":2,"selector":{"type":"XPathSelector","value":"/p"}}"""));
    }

    [Fact]
    public void Instants_are_written_with_six_decimals() =>
        JsonSerializer.Serialize(new DateTimeOffset(2018, 8, 3, 14, 5, 0, TimeSpan.FromHours(1)), DomainJson.Wire).ShouldBe("\"2018-08-03T13:05:00.000000Z\"");

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, DomainJson.Wire)!;

    [Fact]
    public void Two_enum_values_in_one_text_are_refused() =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Modality>("\"hedged, conditional\"", DomainJson.Wire));
}
