using System.Net.Sockets;
using RabbitMQ.Client.Exceptions;

namespace Ledger.Server;

/// <summary>The broker is away, or did not take what was sent: nothing is known to have arrived, and it is sent again.</summary>
internal sealed class BrokerAwayException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What Wolverine and its client throw where a broker is away. Wolverine says by InvalidOperationException that it has no connection or channel.</summary>
    internal static bool Is(Exception e) => e is RabbitMQClientException or IOException or OperationCanceledException or ObjectDisposedException
        or SocketException or TimeoutException or InvalidOperationException or BrokerAwayException;
}
