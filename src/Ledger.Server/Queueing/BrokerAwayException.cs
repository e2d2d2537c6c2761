using System.Net.Sockets;
using RabbitMQ.Client.Exceptions;

namespace Ledger.Server;

/// <summary>The broker cannot be reached or did not confirm a message. It is unknown whether the message arrived, so it is sent again.</summary>
internal sealed class BrokerAwayException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>
    /// Whether an exception is one that Wolverine or the RabbitMQ client throws when the broker cannot be reached. Wolverine throws
    /// InvalidOperationException when it has no connection or channel.
    /// </summary>
    internal static bool Is(Exception e) => e is RabbitMQClientException or IOException or OperationCanceledException or ObjectDisposedException
        or SocketException or TimeoutException or InvalidOperationException or BrokerAwayException;
}
