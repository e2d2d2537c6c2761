using System.Text;

namespace Ledger.Transparency.Tests;

public sealed class ErasureTests
{
    private static readonly byte[] Leaf = SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts);

    public static TheoryData<string> Fields => new(SampleEvent.FieldNames);

    [Theory]
    [MemberData(nameof(Fields))]
    public void Erasing_a_field_keeps_the_leaf_and_loses_the_value(string field)
    {
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, field);
        var stored = SampleEvent.Denial with { Data = erased.Data };

        erased.Fields.ShouldBe([field]);
        Encoding.UTF8.GetString(erased.Data.Span).ShouldNotContain($"\"{field}\"");
        erased.Salts.Fields.Keys.ShouldNotContain(field);
        SampleEvent.Leaf(stored, erased.Salts).ShouldBe(Leaf);
        SampleEvent.Leaf(stored, SampleEvent.ParseSalts(erased.Salts.ToJson())).ShouldBe(Leaf);
        Verdict(stored, erased.Salts, (field, 57)).ShouldBe([57]);
    }

    [Fact]
    public void Fields_can_be_erased_one_after_the_other_until_none_is_left()
    {
        var (stored, salts) = (SampleEvent.Denial, (SaltRecord)SampleEvent.Salts);
        var by = new List<(string, long)>();
        foreach (var field in SampleEvent.FieldNames)
        {
            var erased = SampleEvent.Erase(stored, salts, field);
            (stored, salts) = (stored with { Data = erased.Data }, erased.Salts);
            by.Add((field, 100 + (by.Count / 2)));
            SampleEvent.Leaf(stored, salts).ShouldBe(Leaf);
        }

        Encoding.UTF8.GetString(stored.Data.Span).ShouldBe("{}");
        Verdict(stored, salts, [.. by]).ShouldBe([100, 101, 102, 103]);
    }

    [Fact]
    public void Fields_that_are_absent_or_erased_already_are_passed_over()
    {
        var once = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, "party", "nothing");
        once.Fields.ShouldBe(["party"]);
        var twice = SampleEvent.Erase(SampleEvent.Denial with { Data = once.Data }, once.Salts, "party");
        twice.Fields.ShouldBeEmpty();
        twice.Salts.ToJson().ShouldBe(once.Salts.ToJson());
    }

    [Fact]
    public void What_survives_is_spelt_as_it_was()
    {
        var erased = SampleEvent.Erase(SampleEvent.WithData("""{"b": 2.30, "a": "x", "c": 1e2}"""), SampleEvent.Salts, "a");
        Encoding.UTF8.GetString(erased.Data.Span).ShouldBe("""{"b":2.30,"c":1e2}""");
    }

    [Fact]
    public void The_salts_left_after_an_erasure_hold_neither_the_salt_of_the_event_nor_that_of_the_erased_field()
    {
        var whole = SampleEvent.Salts.Split(SampleEvent.FieldNames, SampleEvent.HeaderNames);
        var json = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, "statement").Salts.ToJson();
        json.ShouldNotContain(SampleEvent.Salts.EventSalt.ToString());
        json.ShouldNotContain(whole.Fields["statement"].ToString());
        json.ShouldContain(whole.Fields["party"].ToString());
    }

    [Fact]
    public void A_field_that_is_missing_without_an_erasing_event_is_tampering()
    {
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, "party", "statement");
        var stored = SampleEvent.Denial with { Data = erased.Data };
        var verdict = EventVerification.AgainstLeaf(stored, erased.Salts, Leaf, SampleEvent.By(("party", 57)));
        verdict.ShouldBeOfType<LeafVerdict.Tampered>().Reason.ShouldContain("statement");
    }

    [Fact]
    public void A_field_that_came_back_after_its_erasure_is_tampering()
    {
        var verdict = EventVerification.AgainstLeaf(
            SampleEvent.Denial, SampleEvent.Salts, Leaf, SampleEvent.By(("statement", 57)));
        verdict.ShouldBeOfType<LeafVerdict.Tampered>().Reason.ShouldContain("57");
    }

    [Fact]
    public void An_erasure_may_name_fields_that_the_event_never_had()
    {
        var verdict = EventVerification.AgainstLeaf(
            SampleEvent.Denial, SampleEvent.Salts, Leaf, SampleEvent.By(("citation", 57)));
        verdict.ShouldBeOfType<LeafVerdict.Intact>();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw==\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{}")]
    [InlineData("""{"stream":"S","fields":{}}""")]
    [InlineData("""{"stream":"S","fields":{},"erased":{},"more":1}""")]
    [InlineData("""{"stream":"S","fields":{"a":"S"},"erased":{"a":"S"}}""")]
    [InlineData("""{"stream":"S","fields":{"a":1},"erased":{}}""")]
    [InlineData("""{"stream":"S","fields":[],"erased":{}}""")]
    [InlineData("""{"stream":"","fields":{},"erased":{}}""")]
    [InlineData("""{"stream":"S","fields":{},"erased":{},"headers":{}}""")]
    [InlineData("""{"stream":"S","fields":{},"erased":{},"headers":{},"more":{}}""")]
    [InlineData("""{"stream":"S","fields":{},"erased":{},"headers":{"a":"S"},"erasedHeaders":{"a":"S"}}""")]
    [InlineData("""{"stream":"S","fields":{},"erased":{},"headers":{"a":1},"erasedHeaders":{}}""")]
    public void What_is_not_a_salt_record_is_refused(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json.Replace("\"S\"", SampleEvent.Salts.ToJson(), StringComparison.Ordinal));
        SaltRecord.TryParse(bytes, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Salts_survive_their_JSON_form_and_do_not_appear_in_their_text()
    {
        var salts = SaltRecord.Generate();
        SampleEvent.ParseSalts(salts.ToJson()).ShouldBe(salts);
        SaltRecord.Generate().ShouldNotBe(salts);
        var parts = salts.Split(["b", "a"], ["d", "c"]);
        SampleEvent.ParseSalts(parts.ToJson()).ToJson().ShouldBe(parts.ToJson());
        $"{salts} {parts}".ShouldBe("SaltRecord SaltRecord");
    }

    private static IReadOnlyList<long> Verdict(CommittedEvent stored, SaltRecord salts, params (string Field, long Position)[] erasures) =>
        EventVerification.AgainstHash(
                stored, salts, MerkleHashing.Leaf(Leaf), SampleEvent.By(erasures))
            .ShouldBeOfType<LeafVerdict.ErasedBy>().Positions;
}
