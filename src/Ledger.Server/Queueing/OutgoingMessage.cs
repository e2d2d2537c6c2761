using RabbitMQ.Client;
using Wolverine;
using Wolverine.RabbitMQ.Internal;

namespace Ledger.Server;

/// <summary>A message to the broker.</summary>
/// <param name="RoutingKey">The routing key. At the default exchange it is the name of a queue.</param>
/// <param name="Body">The body.</param>
internal sealed record OutgoingMessage(string RoutingKey, ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// Another message whose properties are copied first. The properties that are set here replace them. Null means that nothing is copied.
    /// </summary>
    public CommandMessage? Like { get; init; }

    public string? MessageId { get; init; }

    public string? Type { get; init; }

    public string? ContentType { get; init; }

    public string? CorrelationId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public required IReadOnlyDictionary<string, object?> Headers { get; init; }
}

/// <summary>Writes only the properties of an <see cref="OutgoingMessage"/>, so that subscribers receive no headers of Wolverine.</summary>
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
    /// Copies all properties except two. With an expiration, the broker could drop a dead letter. With the user id of another sender, the broker would
    /// refuse the message.
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
