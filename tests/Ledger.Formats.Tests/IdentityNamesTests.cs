using Ledger.Domain;

namespace Ledger.Formats.Tests;

public sealed class IdentityNamesTests
{
    [Theory]
    [InlineData("10.1000/ABC", "10.1000/abc")]
    [InlineData(" doi:10.1000/abc ", "10.1000/abc")]
    [InlineData("DOI: 10.1000/abc", "10.1000/abc")]
    [InlineData("https://doi.org/10.1000/A%3Cb%3E1", "10.1000/a<b>1")]
    [InlineData("http://dx.doi.org/10.1000.10/x(1)", "10.1000.10/x(1)")]
    [InlineData("info:doi/10.1000/abc", "10.1000/abc")]
    [InlineData("0", null)]
    [InlineData("unavailable", null)]
    [InlineData("10.1000", null)]
    [InlineData("https://example.org/10.1000/abc", null)]
    [InlineData(null, null)]
    public void A_DOI_has_one_form(string? text, string? expected) => Doi.Normalise(text).ShouldBe(expected);

    [Theory]
    [InlineData("http://www.Example.org/a/?utm_source=x#top", "https://example.org/a")]
    [InlineData("https://doi.org/10.1000/ABC", "doi:10.1000/abc")]
    [InlineData("https://orcid.org/0000-0002-1825-009X", "orcid:0000-0002-1825-009x")]
    [InlineData("https://ror.org/02mhbdp94/", "ror:02mhbdp94")]
    [InlineData("urn:newsml:example.org:20180803:1", "urn:newsml:example.org:20180803:1")]
    [InlineData("Jane Doe", null)]
    [InlineData("_:b0", null)]
    public void An_identifier_has_one_form(string text, string? expected) => IdentityNames.Of(text).ShouldBe(expected);

    [Theory]
    [InlineData("https://www.example.org/a/b?c=1", "https://example.org")]
    [InlineData("http://example.org:8080/", "https://example.org:8080")]
    [InlineData("https://example.org?x=1", "https://example.org")]
    [InlineData("mailto:a@example.org", null)]
    public void The_site_of_an_address_is_recognised(string url, string? expected) => IdentityNames.SiteOf(url).ShouldBe(expected);
}
