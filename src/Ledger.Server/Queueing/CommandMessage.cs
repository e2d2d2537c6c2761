using System.Text;
using RabbitMQ.Client;
using Wolverine;
using Wolverine.RabbitMQ.Internal;

namespace Ledger.Server;

/// <summary>A message as the broker gave it: nothing in it has been looked at.</summary>
/// <param name="Queue">Where it was queued, and so in whose name it is recorded.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Properties">What travels beside them.</param>
internal sealed record CommandMessage(CommandQueue Queue, ReadOnlyMemory<byte> Body, IReadOnlyBasicProperties Properties)
{
    /// <summary>A header as text; null where there is none.</summary>
    internal string? Header(string name) => Properties.Headers is { } headers && headers.TryGetValue(name, out var value)
        ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString()
        : null;
}

/// <summary>
/// Makes every message of a queue a <see cref="CommandMessage"/>, whatever it is: also what is no command must reach the handler, which says why
/// it is refused.
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
