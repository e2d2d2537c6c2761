using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>A line of another ledger's export: the CloudEvent of one event.</summary>
internal sealed record DumpEvent
{
    /// <summary>A W3C trace context of today has 55 characters; later versions may append to it.</summary>
    private const int TraceParentLengthMax = 200;

    public required string Specversion { get; init; }

    public required Guid Id { get; init; }

    public string? Source { get; init; }

    public required string Type { get; init; }

    public required string Subject { get; init; }

    public string? Time { get; init; }

    public required string Sequence { get; init; }

    public string? Partitionkey { get; init; }

    public required long Streamversion { get; init; }

    public string? Datacontenttype { get; init; }

    public string? Traceparent { get; init; }

    public string? Onbehalfof { get; init; }

    public required JsonElement Data { get; init; }

    internal string StoredType => CloudEvent.StoredType(Type);

    internal long Position => long.TryParse(Sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0;

    /// <summary>What the event says. Its stored form is the data exactly as the dump has it.</summary>
    internal LedgerEvent Event { get; private init; } = null!;

    /// <summary>Reads a line, or ends with 400.</summary>
    internal static DumpEvent Parse(ReadOnlySpan<byte> text)
    {
        var line = JsonBody.ParseRecorded<DumpEvent>(text);
        if (line.Position < 1 || line.Streamversion < 1 || line.Data.ValueKind is not JsonValueKind.Object || !Ids.IsId(Ids.OfStream(line.Subject).Id))
        {
            throw new ProblemException(Problem.BadRequest("invalid-event", "sequence, streamversion, subject and data are those of an event as GET /v1/export writes it.", "data"));
        }

        if ((line.Onbehalfof is { } party && !Ids.IsId(party)) || line.Traceparent?.Length > TraceParentLengthMax)
        {
            throw new ProblemException(Problem.BadRequest("invalid-event", "onbehalfof is the id of a party, traceparent a W3C trace context.", "onbehalfof"));
        }

        // An event for which no leaf can be made would stop the signing of every event after it.
        if (!EventPayload.TryParse(Encoding.UTF8.GetBytes(line.Data.GetRawText()), out _, out var problem))
        {
            throw new ProblemException(Problem.BadRequest("invalid-event", problem, "data"));
        }

        try
        {
            return line with { Event = EventTypes.Deserialize(line.StoredType, line.Data.GetRawText()) };
        }
        catch (JsonException e)
        {
            throw new ProblemException(Problem.BadRequest("invalid-event", $"data is none of {line.Type}: {e.Message}", "data"));
        }
    }

    /// <summary>The event as it is appended. Everything but the time and the recorder comes from the dump.</summary>
    /// <param name="principal">Who restores the dump.</param>
    /// <param name="state">The state of the stream after this event; null for a stream of another kind.</param>
    internal NewEvent ToAppend(string principal, StreamState? state) => new(Id, StoredType, Data.GetRawText(), new()
    {
        RecordedBy = Event is UpstreamChanged ? PropagationPolicy.Principal : principal,
        OnBehalfOf = Onbehalfof,
        Tags = state is null ? [] : EventTags.Of(state, Event),
        TraceParent = Traceparent,
    });
}
