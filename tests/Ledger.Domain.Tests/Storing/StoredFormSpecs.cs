using System.Text.Json.Nodes;

namespace Ledger.Domain.Tests.Storing;

public class StoredFormSpecs
{
    public static TheoryData<string> Types { get; } = [.. StoredEvents.ByType.Keys];

    [Fact]
    public void The_stored_names_of_event_types_never_change()
    {
        ForEver.Except(EventTypes.All.Keys).ShouldBeEmpty("stored events have this type: give a class its name again");
        EventTypes.All.Keys.Except(ForEver).ShouldBeEmpty("a new type: add its name to this list, where it stays for ever");
    }

    private static readonly string[] ForEver =
    [
        "access_refused", "access_restricted", "action_answered", "action_requested", "claim_recorded", "concern_expressed", "correction_issued",
        "denial_recorded", "entry_amended", "evidence_attached", "key_made", "key_revoked", "key_rotated", "linked", "party_recorded", "payload_erased", "position_recorded",
        "retraction_issued", "source_registered", "upstream_changed", "version_captured", "withdrawn",
    ];

    [Fact]
    public void There_is_an_example_of_every_type()
    {
        EventTypes.All.Keys.Except(StoredEvents.ByType.Keys).ShouldBeEmpty("add a stored example of it to StoredEvents.cs");
        StoredEvents.ByType.Keys.Except(EventTypes.All.Keys).ShouldBeEmpty("an example has a type that no class has");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_example_is_written_as_it_was_read(string type)
    {
        var e = EventTypes.Deserialize(type, StoredEvents.ByType[type]);
        e.GetType().ShouldBe(EventTypes.All[type]);
        EventTypes.NameOf(e).ShouldBe(type);
        EventTypes.Serialize(e).ShouldBe(JsonNode.Parse(StoredEvents.ByType[type])!.ToJsonString(DomainJson.Stored));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_example_fills_every_field(string type) =>
        JsonNode.Parse(StoredEvents.ByType[type])!.AsObject().Count.ShouldBe(
            EventTypes.All[type].GetProperties().Count(p => p.GetMethod!.IsPublic && p.Name != "EqualityContract"));

    [Fact]
    public void A_type_that_nobody_knows_is_kept_as_it_is()
    {
        const string Data = """{"mood":"curious","nested":{"a":[1,2.50]}}""";
        var e = EventTypes.Deserialize("mood_recorded", Data).ShouldBeOfType<UnknownEvent>();
        EventTypes.NameOf(e).ShouldBe("mood_recorded");
        EventTypes.Serialize(e).ShouldBe(Data);
    }

    [Fact]
    public void An_older_erasure_event_names_no_tags()
    {
        const string Data = """{"positions":[41],"fields":["statement"],"legalBasis":"GDPR Art. 17","approvers":["key-desk","key-counsel"]}""";
        var e = EventTypes.Deserialize("payload_erased", Data).ShouldBeOfType<PayloadErased>();
        e.TagsOf.ShouldBeNull();
        EventTypes.Serialize(e).ShouldBe(Data);
    }

    [Fact]
    public void A_field_that_a_newer_version_added_is_ignored() =>
        EventTypes.Deserialize("concern_expressed", """{"reason":"Doubt.","mood":"grave"}""")
            .ShouldBeOfType<ConcernExpressed>().Reason.ShouldBe("Doubt.");

    [Fact]
    public void An_erased_text_reads_as_erased()
    {
        var denial = EventTypes.Deserialize("denial_recorded", "{}").ShouldBeOfType<DenialRecorded>();
        (denial.Party, denial.Statement, denial.Ground).ShouldBe((Erased.Text, Erased.Text, null));
    }
}
