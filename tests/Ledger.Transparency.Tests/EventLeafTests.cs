using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ledger.Transparency.Tests;

public sealed class EventLeafTests
{
    [Fact]
    public void A_leaf_is_canonical_json_of_the_documented_members()
    {
        var leaf = SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts);
        CanonicalJson.TryFormat(leaf, NumberRule.Ieee754Double, out var canonical, out _).ShouldBeTrue();
        canonical.ShouldBe(leaf);

        using var json = JsonDocument.Parse(leaf);
        var root = json.RootElement;
        root.EnumerateObject().Select(member => member.Name).ShouldBe(
            ["causation", "commitments", "id", "position", "recordedAt", "recordedBy", "schema", "type", "version"]);
        root.GetProperty("recordedAt").GetString().ShouldBe("2018-08-04T09:30:00.000120Z");
        root.GetProperty("position").GetInt64().ShouldBe(41);
        root.GetProperty("schema").GetInt32().ShouldBe(EventLeaf.SchemaVersion);
        root.GetProperty("commitments").GetProperty("fields").EnumerateObject().Select(member => member.Name).ShouldBe(SampleEvent.FieldNames);
        root.GetProperty("commitments").EnumerateObject().Select(member => member.Name).ShouldBe(["fields", "stream"]);
    }

    [Fact]
    public void A_leaf_holds_no_value_of_the_data_and_not_the_name_of_the_stream()
    {
        var leaf = Encoding.UTF8.GetString(SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts));
        foreach (var secret in new[] { "russia-mfa", "Contracts", "дословно", "headline", "1237", "9007199254740993", "labour", "t20" })
        {
            leaf.ShouldNotContain(secret);
        }
    }

    // The commitments as docs/transparency-format.md describes them, computed by JavaScript from that description.
    [Fact]
    public async Task The_commitments_follow_the_documented_formula_in_node_too()
    {
        const string Script = """
            const { createHmac } = require('crypto');
            const hmac = (key, text) => createHmac('sha256', key).update(text, 'utf8').digest();
            const salt = Buffer.from(Array.from({ length: 32 }, (_, i) => i + 1));
            const commit = (path, json) => hmac(hmac(salt, `claims-ledger/salt/v1\n${path}`),
              `claims-ledger/commitment/v1\n${path}\n${json}`).toString('base64');
            console.log([commit('/stream', '"assertion-t20"'), commit('/data/amount', '1237'), commit('/data/concedes', 'null'),
              commit('/data/contests', '{"part":"headline","words":[1,2.3]}'),
              commit('/data/statement', JSON.stringify('Contracts signed earlier stay valid – "дословно".'))].join('\n'));
            """;
        var expected = (await NodeProcess.RunAsync(Script, "")).Trim().Split('\n');
        using var json = JsonDocument.Parse(SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts));
        var commitments = json.RootElement.GetProperty("commitments");
        var fields = commitments.GetProperty("fields");
        string?[] actual = [commitments.GetProperty("stream").GetString(),
            .. new[] { "amount", "concedes", "contests", "statement" }.Select(name => fields.GetProperty(name).GetString())];
        actual.ShouldBe(expected);
    }

    [Fact]
    public void White_space_order_and_spelling_of_the_data_do_not_change_the_leaf()
    {
        var first = SampleEvent.WithData("""{"a": 1, "b": "\u0041", "n": 2.30}""");
        var second = SampleEvent.WithData("""{"n":2.3,"b":"A","a":1.0}""");
        SampleEvent.Leaf(first, SampleEvent.Salts).ShouldBe(SampleEvent.Leaf(second, SampleEvent.Salts));
    }

    [Fact]
    public void A_field_that_is_null_is_not_a_field_that_is_absent() =>
        SampleEvent.Leaf(SampleEvent.WithData("""{"a":null}"""), SampleEvent.Salts)
            .ShouldNotBe(SampleEvent.Leaf(SampleEvent.WithData("{}"), SampleEvent.Salts));

    [Fact]
    public void Equal_values_in_two_fields_or_two_events_have_different_commitments()
    {
        using var leaf = JsonDocument.Parse(SampleEvent.Leaf(SampleEvent.WithData("""{"a":1,"b":1}"""), SampleEvent.Salts));
        using var other = JsonDocument.Parse(SampleEvent.Leaf(SampleEvent.WithData("""{"a":1,"b":1}"""), SaltRecord.Generate()));
        JsonDocument[] leaves = [leaf, other];
        leaves.SelectMany(json => json.RootElement.GetProperty("commitments").GetProperty("fields").EnumerateObject())
            .Select(field => field.Value.GetString()).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void The_largest_allowed_event_fits_into_an_entry()
    {
        // Control characters grow most when they are escaped: to six bytes each.
        var text = new string('\u0001', EventLeaf.TextLengthMax);
        var fields = Enumerable.Range(0, EventPayload.FieldCountMax).ToDictionary(
            number => number.ToString("D3", CultureInfo.InvariantCulture) + new string('\u0001', EventPayload.FieldNameLengthMax - 3), number => number);
        var stored = SampleEvent.Denial with
        {
            Position = EventLeaf.NumberMax,
            Version = EventLeaf.NumberMax,
            Type = text,
            RecordedBy = text,
            Causation = text,
            Data = JsonSerializer.SerializeToUtf8Bytes(fields),
        };
        SampleEvent.Leaf(stored, SampleEvent.Salts).Length.ShouldBeLessThanOrEqualTo(EntryBundle.EntryLengthMax);
    }

    public static TheoryData<string> RefusedData => new()
    {
        "", "[]", "1", "null", """{"a":1,"a":2}""", """{"a":"\ud800"}""", """{"a":1e999999}""",
        $$"""{"{{new string('a', EventPayload.FieldNameLengthMax + 1)}}":1}""",
        $$"""{{{string.Join(',', Enumerable.Range(0, EventPayload.FieldCountMax + 1).Select(number => $"\"{number}\":1"))}}}""",
    };

    [Theory]
    [MemberData(nameof(RefusedData))]
    public void Data_that_cannot_be_committed_to_is_refused_before_it_is_stored(string data)
    {
        EventPayload.TryParse(Encoding.UTF8.GetBytes(data), out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
        EventLeaf.TryEncode(SampleEvent.WithData(data), SampleEvent.Salts, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Data_is_bounded_by_its_canonical_length_and_not_by_its_spelling()
    {
        var longest = new string('a', EventPayload.CanonicalLengthMax - 2);
        EventPayload.TryParse(Encoding.UTF8.GetBytes($$"""{"a": "{{longest}}"}{{new string(' ', 100)}}"""), out _, out _).ShouldBeTrue();
        EventPayload.TryParse(Encoding.UTF8.GetBytes($$"""{"a": "{{longest}}a"}"""), out _, out _).ShouldBeFalse();
    }

    public static TheoryData<string> OutOfBounds => new("position", "version", "time", "type", "recordedBy", "causation", "stream");

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void An_envelope_out_of_bounds_is_refused(string member)
    {
        var text = new string('a', EventLeaf.TextLengthMax + 1);
        var stored = member switch
        {
            "position" => SampleEvent.Denial with { Position = 0 },
            "version" => SampleEvent.Denial with { Version = EventLeaf.NumberMax + 1 },
            "time" => SampleEvent.Denial with { RecordedAt = SampleEvent.Denial.RecordedAt.AddTicks(1) },
            "type" => SampleEvent.Denial with { Type = text },
            "recordedBy" => SampleEvent.Denial with { RecordedBy = text },
            "causation" => SampleEvent.Denial with { Causation = "\ud800" },
            _ => SampleEvent.Denial with { Stream = text },
        };
        EventLeaf.TryEncode(stored, SampleEvent.Salts, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }
}
