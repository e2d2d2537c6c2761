using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Domain.Tests.Storing;

/// <summary>An example of upcasting: a denial that was stored as a contradiction before, and as a plain no before that.</summary>
public class UpcasterSpecs
{
    private static Dictionary<string, Upcaster> Steps { get; } = new()
    {
        ["no_said"] = new("contradiction_recorded", old => new() { ["who"] = old["by"]!.DeepClone(), ["words"] = "No." }),
        ["contradiction_recorded"] = new("denial_recorded", old => new()
        {
            ["party"] = old["who"]!.DeepClone(),
            ["statement"] = old["words"]!.DeepClone(),
            ["contests"] = "whole",
        }),
    };

    [Fact]
    public void An_older_event_is_read_as_the_present_one() =>
        EventTypes.Deserialize("contradiction_recorded", """{"who":"russia-mfa","words":"We deny it."}""", Steps)
            .ShouldBe(new DenialRecorded { Party = "russia-mfa", Statement = "We deny it." });

    [Fact]
    public void Upcaster_steps_run_one_after_the_other() => EventTypes.Deserialize("no_said", """{"by":"russia-mfa"}""", Steps)
        .ShouldBe(new DenialRecorded { Party = "russia-mfa", Statement = "No." });

    [Fact]
    public void The_present_shape_passes_untouched() =>
        EventTypes.Deserialize("denial_recorded", """{"party":"c4ads","statement":"No."}""", Steps)
            .ShouldBe(new DenialRecorded { Party = "c4ads", Statement = "No." });

    [Fact]
    public void A_step_to_an_unknown_type_gives_an_unknown_event() =>
        EventTypes.Deserialize("old_thing", """{"a":1}""", new Dictionary<string, Upcaster> { ["old_thing"] = new("new_thing", o => o) })
            .ShouldBeOfType<UnknownEvent>().Type.ShouldBe("new_thing");

    [Fact]
    public void Every_upcaster_in_force_leads_to_a_known_type_and_hides_none()
    {
        foreach (var (from, upcaster) in Upcasters.Known)
        {
            EventTypes.All.ContainsKey(from).ShouldBeFalse(from);
            (EventTypes.All.ContainsKey(upcaster.To) || Upcasters.Known.ContainsKey(upcaster.To)).ShouldBeTrue(upcaster.To);
        }
    }

    [Fact]
    public void A_new_shape_takes_the_name_of_its_class_with_the_suffix_of_its_version()
    {
        EventTypes.NameOf(typeof(DenialRecordedV2)).ShouldBe("denial_recorded_v2");
        JsonNode.Parse(JsonSerializer.Serialize(new DenialRecordedV2(), DomainJson.Stored))!.AsObject().ShouldBeEmpty();
    }

    private sealed record DenialRecordedV2 : LedgerEvent;
}
