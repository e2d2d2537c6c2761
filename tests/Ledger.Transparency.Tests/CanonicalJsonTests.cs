using System.Globalization;
using System.Text;

namespace Ledger.Transparency.Tests;

public sealed class CanonicalJsonTests
{
    // RFC 8785 §3.2.2, §3.2.3 and the samples that its authors publish beside it.
    [Theory]
    [InlineData(
        """{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}""",
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData(
        """{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}""",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}")]
    [InlineData("""[ 56, { "d": true, "10": null, "1": [ ] } ]""", """[56,{"1":[],"10":null,"d":true}]""")]
    [InlineData(
        """{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ {"e": "yes","E": "no" } ], "A": { }}""",
        """{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}""")]
    [InlineData("""{"Unnormalized Unicode":"A\u030a"}""", "{\"Unnormalized Unicode\":\"A\u030a\"}")]
    [InlineData("\"\\u0000\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d\\u001f\\u007f\\u2028\"", "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\u007f\u2028\"")]
    public void The_published_examples_come_out_as_published(string json, string canonical) =>
        Format(json, NumberRule.Ieee754Double).ShouldBe(canonical);

    // RFC 8785 appendix B: the bits of a double and its text.
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void The_published_doubles_have_the_published_text_under_both_rules(string bits, string text)
    {
        var value = BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        Format(shortest, NumberRule.Ieee754Double).ShouldBe(text);
        Format(value.ToString("E16", CultureInfo.InvariantCulture), NumberRule.Ieee754Double).ShouldBe(text);
        Format(shortest, NumberRule.Exact).ShouldBe(text);
    }

    [Fact]
    public async Task Random_doubles_print_as_they_do_in_javascript()
    {
        var random = new Random(8785);
        var values = Enumerable.Range(0, 20_000)
            .Select(number => number % 2 == 0
                ? BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))
                : Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(0, 26)), random.Next(0, 6)))
            .Where(double.IsFinite)
            .Select(value => value.ToString("E16", CultureInfo.InvariantCulture))
            .ToArray();
        const string Script = "const lines = require('fs').readFileSync(0, 'utf8').split('\\n');"
            + "process.stdout.write(lines.map(line => JSON.stringify(JSON.parse(line))).join('\\n'));";
        var expected = (await NodeProcess.RunAsync(Script, string.Join('\n', values))).Split('\n');
        values.Select(value => Format(value, NumberRule.Ieee754Double)).ShouldBe(expected);
        expected.Select(text => Format(text, NumberRule.Exact)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("1237", "1237")]
    [InlineData("2.30", "2.3")]
    [InlineData("1e21", "1e+21")]
    [InlineData("1E20", "100000000000000000000")]
    [InlineData("1e-6", "0.000001")]
    [InlineData("1e-7", "1e-7")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e5", "0")]
    [InlineData("-12.50e1", "-125")]
    [InlineData("0.1e1", "1")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("12345678901234567890123", "1.2345678901234567890123e+22")]
    [InlineData("0.10000000000000000001", "0.10000000000000000001")]
    [InlineData("333333333.33333329", "333333333.33333329")]
    [InlineData("1e400", "1e+400")]
    [InlineData("100.00e-2", "1")]
    public void The_exact_rule_keeps_every_digit_that_means_something(string number, string text) =>
        Format(number, NumberRule.Exact).ShouldBe(text);

    [Fact]
    public void Different_numbers_never_share_a_form_under_the_exact_rule()
    {
        Format("9007199254740993", NumberRule.Ieee754Double).ShouldBe(Format("9007199254740992", NumberRule.Ieee754Double));
        Format("9007199254740993", NumberRule.Exact).ShouldNotBe(Format("9007199254740992", NumberRule.Exact));
    }

    [Theory]
    [InlineData("1e400", NumberRule.Ieee754Double)]
    [InlineData("-1e400", NumberRule.Ieee754Double)]
    [InlineData("1e200001", NumberRule.Exact)]
    [InlineData("1e99999999999999999999", NumberRule.Exact)]
    [InlineData("""{"a":1,"a":2}""", NumberRule.Exact)]
    [InlineData("""{"a":1,"\u0061":2}""", NumberRule.Exact)]
    [InlineData("""[{"b":{"a":1,"a":1}}]""", NumberRule.Exact)]
    [InlineData("\"\\ud800\"", NumberRule.Exact)]
    [InlineData("\"\\udc00\\ud800\"", NumberRule.Exact)]
    [InlineData("{\"\\ud800\":1}", NumberRule.Exact)]
    [InlineData("{\"\\ud800\":1,\"\\ud800\":2}", NumberRule.Exact)]
    [InlineData("{\"a\":1,\"\\ud800\":2}", NumberRule.Exact)]
    [InlineData("01", NumberRule.Exact)]
    [InlineData("NaN", NumberRule.Exact)]
    [InlineData("1 2", NumberRule.Exact)]
    [InlineData("[1,]", NumberRule.Exact)]
    [InlineData("// no\n1", NumberRule.Exact)]
    [InlineData("\ufeff1", NumberRule.Exact)]
    [InlineData("", NumberRule.Exact)]
    public void JSON_without_a_single_meaning_is_refused(string json, NumberRule numbers)
    {
        CanonicalJson.TryFormat(Encoding.UTF8.GetBytes(json), numbers, out var canonical, out var problem).ShouldBeFalse();
        canonical.ShouldBeNull();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        CanonicalJson.TryFormat(new byte[] { (byte)'"', 0xc3, (byte)'"' }, NumberRule.Exact, out _, out _).ShouldBeFalse();

    [Fact]
    public void Nesting_is_bounded()
    {
        string Nested(int depth) => new string('[', depth) + new string(']', depth);
        Format(Nested(CanonicalJson.DepthMax), NumberRule.Exact).ShouldBe(Nested(CanonicalJson.DepthMax));
        CanonicalJson.TryFormat(Encoding.UTF8.GetBytes(Nested(CanonicalJson.DepthMax + 1)), NumberRule.Exact, out _, out _).ShouldBeFalse();
    }

    private static string Format(string json, NumberRule numbers) =>
        CanonicalJson.TryFormat(Encoding.UTF8.GetBytes(json), numbers, out var canonical, out var problem)
            ? Encoding.UTF8.GetString(canonical)
            : throw new InvalidDataException(problem);
}
