using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Domain;

/// <summary>The stored names of the event types (Marten's aliases: the snake_case of the class), and the conversion of events to JSON and back.</summary>
public static class EventTypes
{
    private static readonly FrozenDictionary<string, Type> ByName = typeof(LedgerEvent).Assembly.GetTypes()
        .Where(t => t.IsSubclassOf(typeof(LedgerEvent)) && !t.IsAbstract && t != typeof(UnknownEvent))
        .ToFrozenDictionary(NameOf);

    private static readonly FrozenDictionary<Type, string> ByType = ByName.ToFrozenDictionary(x => x.Value, x => x.Key);

    /// <summary>Every event type that this version knows, by stored name.</summary>
    public static IReadOnlyDictionary<string, Type> All => ByName;

    /// <summary>The stored name of an event.</summary>
    public static string NameOf(LedgerEvent e) => e is UnknownEvent u ? u.Type : ByType[e.GetType()];

    /// <summary>The stored name of an event class: <c>DenialRecorded</c> is <c>denial_recorded</c>, <c>DenialRecordedV2</c> is <c>denial_recorded_v2</c>.</summary>
    public static string NameOf(Type type) => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name);

    /// <summary>The stored names of the given types.</summary>
    public static IReadOnlySet<string> NamesOf(params IEnumerable<Type> types) => types.Select(NameOf).ToHashSet(StringComparer.Ordinal);

    /// <summary>The class to which a stored name is read, after all upcasters.</summary>
    public static Type ShapeOf(string name)
    {
        while (Upcasters.Known.TryGetValue(name, out var upcaster))
        {
            name = upcaster.To;
        }

        return ByName.GetValueOrDefault(name, typeof(UnknownEvent));
    }

    /// <summary>The event's own properties as stored JSON, without an envelope.</summary>
    public static string Serialize(LedgerEvent e) =>
        e is UnknownEvent u ? u.Data.GetRawText() : JsonSerializer.Serialize(e, e.GetType(), DomainJson.Stored);

    /// <summary>The same, in UTF-8.</summary>
    public static byte[] SerializeToUtf8(LedgerEvent e) =>
        e is UnknownEvent ? Encoding.UTF8.GetBytes(Serialize(e)) : JsonSerializer.SerializeToUtf8Bytes(e, e.GetType(), DomainJson.Stored);

    /// <summary>
    /// Reads a stored event. <see cref="Upcasters"/> first convert an older shape to the present one. A type that this version does not know becomes an
    /// <see cref="UnknownEvent"/>. A field that was erased reads as <see cref="Erased.Text"/> or as empty.
    /// </summary>
    /// <exception cref="JsonException">The data does not fit the type.</exception>
    public static LedgerEvent Deserialize(string type, string data) => Deserialize(type, data, Upcasters.Known);

    /// <summary>The same, from UTF-8.</summary>
    /// <exception cref="JsonException">The data does not fit the type.</exception>
    public static LedgerEvent Deserialize(string type, ReadOnlySpan<byte> data) => ByName.TryGetValue(type, out var known) && !Upcasters.Known.ContainsKey(type)
        ? (LedgerEvent)JsonSerializer.Deserialize(data, known, DomainJson.Stored)!
        : Deserialize(type, Encoding.UTF8.GetString(data));

    /// <summary>The same with given upcasters, for the tests of the mechanism itself.</summary>
    internal static LedgerEvent Deserialize(string type, string data, IReadOnlyDictionary<string, Upcaster> upcasters)
    {
        if (upcasters.ContainsKey(type))
        {
            var node = JsonNode.Parse(data)!.AsObject();
            while (upcasters.TryGetValue(type, out var upcaster))
            {
                (type, node) = (upcaster.To, upcaster.Convert(node));
            }

            data = node.ToJsonString();
        }

        return ByName.TryGetValue(type, out var known)
            ? (LedgerEvent)JsonSerializer.Deserialize(data, known, DomainJson.Stored)!
            : new UnknownEvent(type, JsonElement.Parse(data));
    }
}
