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
        root.GetProperty("commitments").GetProperty("headers").EnumerateObject().Select(member => member.Name).ShouldBe(SampleEvent.HeaderNames);
        root.GetProperty("commitments").EnumerateObject().Select(member => member.Name).ShouldBe(["fields", "headers", "stream"]);
    }

    [Fact]
    public void An_event_of_the_first_schema_has_the_leaf_that_it_always_had()
    {
        using var json = JsonDocument.Parse(SampleEvent.Leaf(SampleEvent.FirstDenial, SampleEvent.Salts));
        json.RootElement.GetProperty("schema").GetInt32().ShouldBe(EventLeaf.FirstSchemaVersion);
        json.RootElement.GetProperty("commitments").EnumerateObject().Select(member => member.Name).ShouldBe(["fields", "stream"]);
    }

    [Fact]
    public void A_leaf_holds_no_value_of_the_data_and_not_the_name_of_the_stream()
    {
        var leaf = Encoding.UTF8.GetString(SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts));
        foreach (var secret in new[] { "russia-mfa", "Contracts", "дословно", "headline", "1237", "9007199254740993", "labour", "t20", "0af76519", "774b-bcce-b302099a8000" })
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
              commit('/headers/tags', '["assertion:t20","party:russia-mfa","topic:sanctions"]'),
              commit('/headers/correlation', '"01890a5d-ac96-774b-bcce-b302099a8000"'),
              commit('/data/contests', '{"part":"headline","words":[1,2.3]}'),
              commit('/data/statement', JSON.stringify('Contracts signed earlier stay valid – "дословно".'))].join('\n'));
            """;
        var expected = (await NodeProcess.RunAsync(Script, "")).Trim().Split('\n');
        using var json = JsonDocument.Parse(SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts));
        var commitments = json.RootElement.GetProperty("commitments");
        var fields = commitments.GetProperty("fields");
        var headers = commitments.GetProperty("headers");
        string?[] actual = [commitments.GetProperty("stream").GetString(),
            .. new[] { "amount", "concedes" }.Select(name => fields.GetProperty(name).GetString()),
            .. new[] { "tags", "correlation" }.Select(name => headers.GetProperty(name).GetString()),
            .. new[] { "contests", "statement" }.Select(name => fields.GetProperty(name).GetString())];
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

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(EventPayload.FieldCountMax)]
    public void The_largest_allowed_event_fits_into_an_entry(int fields)
    {
        // Control characters grow most when they are escaped: to six bytes each.
        var text = new string('\u0001', EventLeaf.TextLengthMax);
        var members = Enumerable.Range(0, EventPayload.FieldCountMax).ToDictionary(
            number => number.ToString("D3", CultureInfo.InvariantCulture) + new string('\u0001', EventPayload.FieldNameLengthMax - 3), number => number);
        var stored = SampleEvent.Denial with
        {
            Position = EventLeaf.NumberMax,
            Version = EventLeaf.NumberMax,
            Type = text,
            RecordedBy = text,
            Causation = text,
            Data = JsonSerializer.SerializeToUtf8Bytes(members.Take(fields).ToDictionary()),
            Headers = HeadersWith(members.Skip(fields).ToDictionary()),
        };
        SampleEvent.Leaf(stored, SampleEvent.Salts).Length.ShouldBeLessThanOrEqualTo(EntryBundle.EntryLengthMax);
        EventLeaf.TryEncode(stored with { Headers = SampleEvent.Denial.Headers }, SampleEvent.Salts, out _, out var problem).ShouldBe(fields == 0);
        (problem?.Length > 0).ShouldBe(fields > 0);
    }

    private static CommittedHeaders? HeadersWith(Dictionary<string, int> members)
    {
        var json = JsonSerializer.SerializeToNode(members)!.AsObject();
        (json["leaf"], json["recordedBy"], json["salt"]) = (2, "key", System.Text.Json.Nodes.JsonNode.Parse(SampleEvent.Salts.ToJson()));
        return SampleEvent.HeadersOf(json.ToJsonString(), null).Committed;
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

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"leaf":2,"salt":"S"}""")]
    [InlineData("""{"leaf":2,"salt":"S","recordedBy":1}""")]
    [InlineData("""{"leaf":2,"salt":"S","recordedBy":"\ud800"}""")]
    [InlineData("""{"leaf":2,"recordedBy":"k"}""")]
    [InlineData("""{"leaf":2,"recordedBy":"k","salt":1}""")]
    [InlineData("""{"leaf":1,"recordedBy":"k","salt":"S","more":1,"leaf":2}""")]
    [InlineData("""{"leaf":0,"recordedBy":"k","salt":"S"}""")]
    [InlineData("""{"leaf":3,"recordedBy":"k","salt":"S"}""")]
    [InlineData("""{"leaf":"2","recordedBy":"k","salt":"S"}""")]
    [InlineData("""{"leaf":null,"recordedBy":"k","salt":"S"}""")]
    [InlineData("""{"leaf":2,"recordedBy":"k","salt":"S","correlation":"stands in its column"}""")]
    [InlineData("""{"leaf":2,"recordedBy":"k","salt":"S","tags":["\ud800"]}""")]
    [InlineData("""{"leaf":2,"recordedBy":"k","salt":"S","a name of more than sixty-four characters, which no header of ours has":1}""")]
    public void Headers_that_belong_to_no_leaf_are_refused(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json.Replace("\"S\"", SampleEvent.Salts.ToJson(), StringComparison.Ordinal));
        LeafHeaders.TryRead(bytes, null, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Headers_are_bounded_by_their_canonical_length()
    {
        string Tags(int length) => $$"""{"leaf":2,"recordedBy":"k","salt":{{SampleEvent.Salts.ToJson()}},"tags": ["{{new string('a', length)}}"]}""";
        LeafHeaders.TryRead(Encoding.UTF8.GetBytes(Tags(CommittedHeaders.LengthMax - 4)), null, out _, out _).ShouldBeTrue();
        LeafHeaders.TryRead(Encoding.UTF8.GetBytes(Tags(CommittedHeaders.LengthMax - 3)), null, out _, out _).ShouldBeFalse();
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
