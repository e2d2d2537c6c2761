using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain;

namespace Ledger.Client;

/// <summary>A change event: a CloudEvent, the same in the feed, the event stream, a webhook and a broker's message.</summary>
public sealed record ChangeEvent
{
    /// <summary>The event's id: a consumer that has seen it may ignore it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The ledger.</summary>
    public required string Source { get; init; }

    /// <summary>Its type, such as <c>ledger.denial_recorded.v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The stream that it was appended to, such as <c>assertion-t06</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Its position in the log, as twenty digits.</summary>
    public required string Sequence { get; init; }

    /// <summary>Its version in the stream.</summary>
    [JsonPropertyName("streamversion")]
    public required long StreamVersion { get; init; }

    /// <summary>What was recorded, as it is stored.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The trace of the request that recorded it (W3C).</summary>
    public string? Traceparent { get; init; }

    /// <summary>Set where it was withheld by a restriction and comes late: the position at which that ended.</summary>
    public string? Withheld { get; init; }

    /// <summary>The attributes that have no property here: those of CloudEvents itself, and any that a later version of the ledger adds.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Attributes { get; init; }

    /// <summary>Its position in the log.</summary>
    [JsonIgnore]
    public long Position => long.Parse(Sequence, CultureInfo.InvariantCulture);

    /// <summary>
    /// Where to go on once this event has been handled: keep it, and give it to <see cref="LedgerClient.FollowAsync"/> after a restart. Of an event
    /// that comes late it is the place before it, so that none of those is lost. It is 0 where the event did not come from a feed.
    /// </summary>
    [JsonIgnore]
    public long Cursor { get; init; }

    /// <summary>The event in the types of the domain; an <see cref="UnknownEvent"/> where this version of the library does not know its type.</summary>
    /// <exception cref="JsonException">Its data is not of the shape of its type.</exception>
    public LedgerEvent Read() => EventTypes.Deserialize(Type.Split('.') is [_, var name, _] ? name : Type, Data.GetRawText());

    /// <summary>The CloudEvent as JSON again, nothing left out.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DomainJson.Stored);

    /// <summary>Reads the body of a webhook or a broker's message.</summary>
    /// <exception cref="JsonException">It is no change event.</exception>
    public static ChangeEvent Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<ChangeEvent>(json, DomainJson.Stored) ?? throw new JsonException("The event is null.");
}
