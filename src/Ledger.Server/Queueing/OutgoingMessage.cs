using RabbitMQ.Client;
using Wolverine;
using Wolverine.RabbitMQ.Internal;

namespace Ledger.Server;

/// <summary>A message as the broker gets it.</summary>
/// <param name="RoutingKey">Where it goes at its exchange; at the default exchange, the name of a queue.</param>
/// <param name="Body">The bytes.</param>
internal sealed record OutgoingMessage(string RoutingKey, ReadOnlyMemory<byte> Body)
{
    /// <summary>Another message whose properties are taken over, before those named here; null: only those named here.</summary>
    public CommandMessage? Like { get; init; }

    public string? MessageId { get; init; }

    public string? Type { get; init; }

    public string? ContentType { get; init; }

    public string? CorrelationId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public required IReadOnlyDictionary<string, object?> Headers { get; init; }
}

/// <summary>Writes the properties of an <see cref="OutgoingMessage"/> and no others: no header of Wolverine's is among what subscribers receive.</summary>
internal sealed class OutgoingMessageMapper : IRabbitMqEnvelopeMapper
{
    internal static OutgoingMessageMapper Instance { get; } = new();

    public void MapEnvelopeToOutgoing(Envelope envelope, IBasicProperties outgoing)
    {
        var message = (OutgoingMessage)envelope.Message!;
        if (message.Like is { } like)
        {
            TakeOver(like.Properties, outgoing);
        }

        outgoing.MessageId = message.MessageId ?? outgoing.MessageId;
        outgoing.Type = message.Type ?? outgoing.Type;
        outgoing.ContentType = message.ContentType ?? outgoing.ContentType;
        outgoing.CorrelationId = message.CorrelationId ?? outgoing.CorrelationId;
        if (message.Timestamp is { } at)
        {
            outgoing.Timestamp = new(at.ToUnixTimeSeconds());
        }

        outgoing.Persistent = true;
        outgoing.Headers = new Dictionary<string, object?>(message.Headers);
    }

    public void MapIncomingToEnvelope(Envelope envelope, IReadOnlyBasicProperties incoming) =>
        throw new NotSupportedException("Nothing is listened to where messages go out.");

    /// <summary>
    /// All but two: an expiration would let the broker drop a dead letter, and it refuses a user id that is not the ledger's own.
    /// </summary>
    private static void TakeOver(IReadOnlyBasicProperties from, IBasicProperties to)
    {
        to.AppId = from.AppId;
        to.ContentEncoding = from.ContentEncoding;
        to.ContentType = from.ContentType;
        to.CorrelationId = from.CorrelationId;
        to.MessageId = from.MessageId;
        to.ReplyTo = from.ReplyTo;
        to.Type = from.Type;
        if (from.IsPriorityPresent())
        {
            to.Priority = from.Priority;
        }

        if (from.IsTimestampPresent())
        {
            to.Timestamp = from.Timestamp;
        }
    }
}
