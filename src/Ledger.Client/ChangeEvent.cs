using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain;

namespace Ledger.Client;

/// <summary>A change event. It is a CloudEvent, which is the same in the feed, the event stream, a webhook and a broker's message.</summary>
public sealed record ChangeEvent
{
    /// <summary>The event's id. Delivery is at least once: a consumer may ignore an id that it has seen.</summary>
    public required Guid Id { get; init; }

    /// <summary>The ledger that sends the event.</summary>
    public required string Source { get; init; }

    /// <summary>Its type, such as <c>ledger.denial_recorded.v1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The stream to which it was appended, such as <c>assertion-t06</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Its position in the log, as a text of twenty digits.</summary>
    public required string Sequence { get; init; }

    /// <summary>Its version in the stream.</summary>
    [JsonPropertyName("streamversion")]
    public required long StreamVersion { get; init; }

    /// <summary>The recorded data, as it is stored.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The W3C trace context of the request that recorded it; null where there was none.</summary>
    public string? Traceparent { get; init; }

    /// <summary>Set where a restriction withheld the event, so that it comes late: the log position at which the restriction ended. Otherwise null.</summary>
    public string? Withheld { get; init; }

    /// <summary>The attributes that have no property here: those of CloudEvents itself, and those that a later version of the ledger adds.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Attributes { get; init; }

    /// <summary>Its position in the log, as a number.</summary>
    /// <exception cref="FormatException"><see cref="Sequence"/> is not a number.</exception>
    [JsonIgnore]
    public long Position => long.Parse(Sequence, CultureInfo.InvariantCulture);

    /// <summary>
    /// The cursor after this event. Store it when the event has been handled, and pass it to <see cref="LedgerClient.FollowAsync"/> after a restart. For an
    /// event that comes late, it is the cursor before that event, so that no late event is lost. It is 0 where the event did not come from a feed.
    /// </summary>
    [JsonIgnore]
    public long Cursor { get; init; }

    /// <summary>
    /// Reads the data as an event type of the domain; an <see cref="UnknownEvent"/> where this version of the library does not know the type.
    /// </summary>
    /// <exception cref="JsonException">The data does not fit the type.</exception>
    public LedgerEvent Read() => EventTypes.Deserialize(Type.Split('.') is [_, var name, _] ? name : Type, Data.GetRawText());

    /// <summary>The whole CloudEvent as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DomainJson.Stored);

    /// <summary>Reads the body of a webhook or a broker's message.</summary>
    /// <exception cref="JsonException">The body is not a change event.</exception>
    public static ChangeEvent Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<ChangeEvent>(json, DomainJson.Stored) ?? throw new JsonException("The event is null.");
}
