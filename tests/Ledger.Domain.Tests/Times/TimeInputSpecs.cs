using System.Text.Json;

namespace Ledger.Domain.Tests.Times;

public class TimeInputSpecs
{
    [Theory]
    [InlineData("\"2018-08-03\"", "2018-08-03", Basis.Stated)]
    [InlineData("""{"value":"2018-08-03"}""", "2018-08-03", Basis.Stated)]
    [InlineData("""{"value":"2018","basis":"inferred"}""", "2018", Basis.Inferred)]
    public void A_time_is_a_text_or_a_text_with_its_basis(string json, string value, Basis basis) =>
        JsonSerializer.Deserialize<TimeInput>(json, DomainJson.Wire).ShouldBe(new(value, basis));

    [Theory]
    [InlineData("2018")]
    [InlineData("{}")]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"value":"2018","basis":"guessed"}""")]
    [InlineData("""{"value":"2018","from":"2018-01-01T00:00:00Z"}""")]
    [InlineData("""["2018"]""")]
    public void Nothing_else_is_a_time(string json) => Should.Throw<JsonException>(() => JsonSerializer.Deserialize<TimeInput>(json, DomainJson.Wire));

    [Fact]
    public void A_time_is_written_in_the_shorter_form_that_fits()
    {
        JsonSerializer.Serialize(new TimeInput("2018"), DomainJson.Wire).ShouldBe("\"2018\"");
        JsonSerializer.Serialize(new TimeInput("2018", Basis.Inferred), DomainJson.Wire).ShouldBe("""{"value":"2018","basis":"inferred"}""");
    }
}
