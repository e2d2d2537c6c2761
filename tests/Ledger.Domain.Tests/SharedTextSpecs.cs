using System.Text.Json;

namespace Ledger.Domain.Tests;

public class SharedTextSpecs
{
    [Theory]
    [InlineData("")]
    [InlineData("gazette")]
    [InlineData("a text as long as the longest one")]
    [InlineData("naïve 😀")]
    [InlineData("a\0b")]
    public void A_shared_text_equals_the_original(string text)
    {
        for (var again = 0; again < 2; again++)
        {
            SharedText.Of(text).ShouldBe(text);
            Read(text).ShouldBe(text);
        }
    }

    [Fact]
    public void Texts_that_replace_each_other_in_the_cache_are_never_confused()
    {
        foreach (var again in Enumerable.Range(0, 2))
        {
            for (var n = 0; n < 50_000; n++)
            {
                SharedText.Of($"p{n}").ShouldBe($"p{n}");
                Read($"p{n}").ShouldBe($"p{n}");
            }
        }
    }

    [Fact]
    public void A_text_that_is_read_again_is_the_same_string_object()
    {
        var text = $"{Guid.CreateVersion7():N}"[2..];

        var one = SharedText.Of(text);

        SharedText.Of(text.AsSpan()).ShouldBeSameAs(one);
        Read(text).ShouldBeSameAs(one);
    }

    [Fact]
    public void What_is_not_UTF_8_is_refused() =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<string>([(byte)'"', 0x61, 0xFF, (byte)'"'], DomainJson.Stored));

    [Theory]
    [InlineData("\"a\\u0062\\n\"", "ab\n")]
    [InlineData("\"na\u00EFve\"", "naïve")]
    [InlineData("null", null)]
    public void A_JSON_string_or_null_is_read_as_usual(string json, string? text) =>
        JsonSerializer.Deserialize<string>(json, DomainJson.Wire).ShouldBe(text);

    [Fact]
    public void JSON_that_is_not_a_string_is_refused() =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<string>("1", DomainJson.Wire));

    private static string? Read(string text) => JsonSerializer.Deserialize<string>(JsonSerializer.Serialize(text, DomainJson.Stored), DomainJson.Stored);
}
