using System.Text.Json;

namespace Ledger.Domain.Tests.Storing;

public class ExactNumberSpecs
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0.0")]
    [InlineData("0e999")]
    [InlineData("1237")]
    [InlineData("-1.50")]
    [InlineData("1e3")]
    [InlineData("12.5E-2")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335")]
    public void A_number_that_can_be_kept_is_read(string number) => JsonSerializer.Deserialize<decimal>(number, DomainJson.Wire);

    [Theory]
    [InlineData("1e-400")]
    [InlineData("1e-29")]
    [InlineData("-1e99999999999999999999")]
    [InlineData("1e400")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("0.12345678901234567890123456789")]
    [InlineData("1234567890123456789.01234567891")]
    public void A_number_that_would_be_changed_is_refused(string number) =>
        Should.Throw<UnfitJsonException>(() => JsonSerializer.Deserialize<decimal>(number, DomainJson.Wire)).Message.ShouldContain("cannot be kept exactly");

    [Fact]
    public void A_figure_that_cannot_be_kept_exactly_is_refused() =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<IReadOnlyList<Figure>>("""[{"name": "n", "value": 1e-400}]""", DomainJson.Wire));
}
