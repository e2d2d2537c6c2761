using System.Text;

namespace Ledger.Transparency.Tests;

public sealed class TamperingTests
{
    private static readonly byte[] Leaf = SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts);

    [Fact]
    public void An_untouched_event_is_intact()
    {
        EventVerification.AgainstHash(SampleEvent.Denial, SampleEvent.Salts, MerkleHashing.Leaf(Leaf), SampleEvent.NoErasures)
            .ShouldBeOfType<LeafVerdict.Intact>();
        EventVerification.AgainstLeaf(SampleEvent.Denial, SampleEvent.Salts, Leaf, SampleEvent.NoErasures).ShouldBeOfType<LeafVerdict.Intact>();
    }

    public static TheoryData<string> Members => new("id", "position", "recordedAt", "recordedBy", "type", "version", "causation", "commitments.stream");

    [Theory]
    [MemberData(nameof(Members))]
    public void A_changed_member_of_the_envelope_is_seen_and_named(string member)
    {
        var stored = SampleEvent.Denial;
        ShouldBeTampered(member switch
        {
            "id" => stored with { Id = Guid.Empty },
            "position" => stored with { Position = stored.Position + 1 },
            "recordedAt" => stored with { RecordedAt = stored.RecordedAt.AddMicroseconds(1) },
            "recordedBy" => stored with { RecordedBy = "key-7f3b" },
            "type" => stored with { Type = "position_recorded" },
            "version" => stored with { Version = 4 },
            "causation" => stored with { Causation = null },
            _ => stored with { Stream = "assertion-t06" },
        }, member);
    }

    public static TheoryData<string, string, string> Edits => new()
    {
        { "party", "russia-mfa", "russia-mfb" },
        { "statement", "дословно", "Дословно" },
        { "contests", "headline", "body" },
        { "contests", "2.30", "2.31" },
        { "concedes", "null", "false" },
        { "amount", "1237", "1238" },
        { "large", "9007199254740993", "9007199254740992" },
        { "reaffirms", "false", "true" },
        { "topics", "\"sanctions\", \"labour\"", "\"labour\", \"sanctions\"" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void A_changed_field_of_the_data_is_seen_and_named(string field, string before, string after) =>
        ShouldBeTampered(SampleEvent.WithData(SampleEvent.Data.Replace(before, after, StringComparison.Ordinal)), $"commitments.fields.{field}");

    [Fact]
    public void Every_field_of_the_data_has_an_edit_in_the_table() =>
        Edits.Select(edit => (string)edit[0]).Distinct().Order(StringComparer.Ordinal).ShouldBe(SampleEvent.FieldNames);

    [Fact]
    public void A_field_that_was_added_or_removed_is_seen_and_named()
    {
        ShouldBeTampered(SampleEvent.WithData(SampleEvent.Data.Replace("\"amount\": 1237,", "", StringComparison.Ordinal)), "commitments.fields.amount");
        ShouldBeTampered(SampleEvent.WithData(SampleEvent.Data.Replace("{\"party\"", "{\"extra\":1,\"party\"", StringComparison.Ordinal)), "commitments.fields.extra");
    }

    public static TheoryData<string, string, string> HeaderEdits => new()
    {
        { "onBehalfOf", "\"onBehalfOf\": \"russia-mfa\"", "\"onBehalfOf\": \"russia-mfb\"" },
        { "tags", "topic:sanctions", "topic:labour" },
        { "tags", ", \"topic:sanctions\"", "" },
        { "traceparent", "3331-01", "3331-00" },
        { "onBehalfOf", "\"onBehalfOf\": \"russia-mfa\",", "" },
        { "more", "{", "{\"more\": null," },
        { "Tags", "{", "{\"Tags\": []," },
    };

    [Theory]
    [MemberData(nameof(HeaderEdits))]
    public void A_changed_header_is_seen_and_named(string header, string before, string after)
    {
        SampleEvent.StoredHeaders.ShouldContain(before);
        ShouldBeTampered(
            SampleEvent.WithHeaders(before == "{" ? after + SampleEvent.StoredHeaders[1..] : SampleEvent.StoredHeaders.Replace(before, after, StringComparison.Ordinal)),
            $"commitments.headers.{header}");
    }

    [Fact]
    public void A_changed_or_removed_correlation_is_seen_and_named()
    {
        ShouldBeTampered(SampleEvent.WithHeaders(SampleEvent.StoredHeaders, "another"), "commitments.headers.correlation");
        ShouldBeTampered(SampleEvent.WithHeaders(SampleEvent.StoredHeaders, null), "commitments.headers.correlation");
    }

    [Fact]
    public void An_event_that_claims_the_former_schema_has_another_leaf()
    {
        var former = SampleEvent.WithHeaders(SampleEvent.StoredHeaders.Replace("\"leaf\": 2,", "", StringComparison.Ordinal));
        former.Headers.ShouldBeNull();
        ShouldBeTampered(former, string.Join(", ", SampleEvent.HeaderNames.Select(name => $"commitments.headers.{name}")) + ", schema");
    }

    [Fact]
    public void A_changed_salt_is_seen()
    {
        for (var at = 0; at < Digest.Length; at++)
        {
            var salt = SampleEvent.Salts.EventSalt.Bytes.ToArray();
            salt[at] ^= 1;
            EventVerification.AgainstHash(
                    SampleEvent.Denial, new SaltRecord.Whole(new Digest(salt)), MerkleHashing.Leaf(Leaf), SampleEvent.NoErasures)
                .ShouldBeOfType<LeafVerdict.Tampered>();
        }
    }

    [Fact]
    public void After_an_erasure_changed_salts_commitments_and_values_are_still_seen()
    {
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, "statement");
        var stored = SampleEvent.Denial with { Data = erased.Data };
        var by = SampleEvent.By(("statement", 57));
        var salts = erased.Salts;
        var wrong = MerkleHashing.EmptyRoot;
        var data = Encoding.UTF8.GetString(erased.Data.Span);

        EventVerification.AgainstLeaf(stored, salts, Leaf, by).ShouldBeOfType<LeafVerdict.ErasedBy>();
        LeafVerdict[] verdicts =
        [
            EventVerification.AgainstLeaf(stored, salts with { Stream = wrong }, Leaf, by),
            EventVerification.AgainstLeaf(stored, salts with { Erased = new Dictionary<string, Digest> { ["statement"] = wrong } }, Leaf, by),
            EventVerification.AgainstLeaf(stored, salts with { Erased = new Dictionary<string, Digest>() }, Leaf, by),
            EventVerification.AgainstLeaf(stored, salts with { Fields = With(salts.Fields, "party", wrong) }, Leaf, by),
            EventVerification.AgainstLeaf(stored, salts with { Fields = With(salts.Fields, "statement", wrong) }, Leaf, by),
            EventVerification.AgainstLeaf(SampleEvent.WithData(data.Replace("1237", "1238", StringComparison.Ordinal)), salts, Leaf, by),
            EventVerification.AgainstLeaf(SampleEvent.WithData(data.Replace("{", "{\"statement\":1,", StringComparison.Ordinal)), salts, Leaf, by),
        ];
        verdicts.ShouldAllBe(verdict => verdict is LeafVerdict.Tampered);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void A_logged_leaf_that_is_no_envelope_is_no_match(string logged) =>
        EventVerification.AgainstLeaf(SampleEvent.Denial, SampleEvent.Salts, Encoding.UTF8.GetBytes(logged), SampleEvent.NoErasures)
            .ShouldBeOfType<LeafVerdict.Tampered>();

    [Fact]
    public void A_logged_leaf_in_another_spelling_is_no_match() =>
        EventVerification.AgainstLeaf(SampleEvent.Denial, SampleEvent.Salts, (byte[])[.. Leaf, (byte)' '], SampleEvent.NoErasures)
            .ShouldBeOfType<LeafVerdict.Tampered>().Reason.ShouldContain("canonical");

    private static void ShouldBeTampered(CommittedEvent stored, string named)
    {
        EventVerification.AgainstHash(stored, SampleEvent.Salts, MerkleHashing.Leaf(Leaf), SampleEvent.NoErasures)
            .ShouldBeOfType<LeafVerdict.Tampered>();
        EventVerification.AgainstLeaf(stored, SampleEvent.Salts, Leaf, SampleEvent.NoErasures)
            .ShouldBeOfType<LeafVerdict.Tampered>().Reason.ShouldEndWith($"differs from its leaf in {named}");
    }

    private static Dictionary<string, Digest> With(IReadOnlyDictionary<string, Digest> fields, string name, Digest salt) =>
        new(fields) { [name] = salt };
}
