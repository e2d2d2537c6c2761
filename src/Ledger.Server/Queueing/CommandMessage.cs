using System.Text;
using RabbitMQ.Client;
using Wolverine;
using Wolverine.RabbitMQ.Internal;

namespace Ledger.Server;

/// <summary>A message as the broker delivered it. Nothing in it has been checked.</summary>
/// <param name="Queue">The queue that it came from. The queue determines the principal that records the command.</param>
/// <param name="Body">The body.</param>
/// <param name="Properties">The message properties.</param>
internal sealed record CommandMessage(CommandQueue Queue, ReadOnlyMemory<byte> Body, IReadOnlyBasicProperties Properties)
{
    /// <summary>A header as text. Null if there is none.</summary>
    internal string? Header(string name) => Properties.Headers is { } headers && headers.TryGetValue(name, out var value)
        ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString()
        : null;
}

/// <summary>
/// Turns every message of a queue into a <see cref="CommandMessage"/>. A message that is not a command must reach the handler too, because the handler says
/// why it is refused.
/// </summary>
internal sealed class CommandMessageMapper(CommandQueue queue) : IRabbitMqEnvelopeMapper
{
    public void MapIncomingToEnvelope(Envelope envelope, IReadOnlyBasicProperties incoming)
    {
        envelope.Id = Guid.CreateVersion7();
        envelope.MessageType = nameof(CommandMessage);
        envelope.Message = new CommandMessage(queue, envelope.Data, new BasicProperties(incoming));
    }

    public void MapEnvelopeToOutgoing(Envelope envelope, IBasicProperties outgoing) =>
        throw new NotSupportedException($"Wolverine sends nothing to {queue.Name}: a command that was sent again would stand behind later ones.");
}
