using System.Text.Json.Nodes;

namespace Ledger.Domain.Tests;

/// <summary>Takes an event through its stored form and back, so that a fold never gets the object that a decider made.</summary>
internal static class Stored
{
    /// <summary>The stored type name and JSON, as specs compare and print them.</summary>
    internal static string Form(LedgerEvent e) => $"{EventTypes.NameOf(e)} {EventTypes.Serialize(e)}";

    /// <summary>The event as it is read back; fails where its stored form does not survive reading and writing.</summary>
    internal static LedgerEvent RoundTrip(LedgerEvent e)
    {
        var json = EventTypes.Serialize(e);
        Form(EventTypes.Deserialize(EventTypes.NameOf(e), json)).ShouldBe(Form(e));
        return EventTypes.Deserialize(EventTypes.NameOf(e), AsJsonb(JsonNode.Parse(json))!.ToJsonString());
    }

    /// <summary>Properties in the order in which PostgreSQL's jsonb gives them back: by length, then by bytes.</summary>
    private static JsonNode? AsJsonb(JsonNode? node) => node switch
    {
        null => null,
        JsonObject o => new JsonObject(
            from property in o
            orderby property.Key.Length, property.Key
            select KeyValuePair.Create(property.Key, AsJsonb(property.Value))),
        JsonArray a => new JsonArray([.. a.Select(AsJsonb)]),
        _ => node.DeepClone(),
    };
}
