using Wolverine;
using Wolverine.Transports.Sending;

namespace Ledger.Server;

/// <summary>Sends messages to one exchange. A send ends only when the broker has confirmed the message.</summary>
/// <param name="broker">The connection.</param>
/// <param name="name">
/// The name of the exchange, which is declared as a durable topic exchange. An empty name means the default exchange, where a routing key is the name of a
/// queue.
/// </param>
internal sealed class BrokerExchange(Broker broker, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private ISender? _sender;
    private volatile bool _isDeclared = name.Length == 0;
    private int _givenUp;

    /// <summary>Sends a message and waits until the broker has confirmed it.</summary>
    /// <exception cref="BrokerAwayException">The broker did not confirm the message, for any reason.</exception>
    internal async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _givenUp) > 0)
        {
            // The client still holds an earlier message, until it is confirmed or the connection ends. More messages would pile up in memory, so they are
            // refused.
            throw new BrokerAwayException("The broker has not confirmed what was sent before");
        }

        var sender = await SenderAsync(cancellationToken);
        var envelope = new Envelope { Message = message, Data = message.Body.ToArray(), TopicName = message.RoutingKey, Destination = sender.Destination };
        var sending = sender.SendAsync(envelope).AsTask();
        try
        {
            await sending.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (BrokerAwayException.Is(e))
        {
            _isDeclared = name.Length == 0; // The exchange may have been deleted, so the next message declares it again.
            if (!sending.IsCompleted)
            {
                Interlocked.Increment(ref _givenUp);
                _ = sending.ContinueWith(GiveBack, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            throw new BrokerAwayException("The broker did not take it", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_sender is IAsyncDisposable sender)
            {
                await sender.DisposeAsync();
            }
        }
        catch (Exception e) when (BrokerAwayException.Is(e))
        {
            // The connection is gone, and the channel with it. There is nothing left to close.
        }

        _opening.Dispose();
    }

    private void GiveBack(Task sending)
    {
        _ = sending.Exception; // Observe the exception. The caller was already told that the message was not taken.
        Interlocked.Decrement(ref _givenUp);
    }

    private async Task<ISender> SenderAsync(CancellationToken cancellationToken)
    {
        if (_sender is { } ready && _isDeclared)
        {
            return ready;
        }

        try
        {
            await _opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new BrokerAwayException("The broker cannot be reached", e);
        }

        try
        {
            _sender ??= await broker.OpenAsync(name, cancellationToken);
            if (!_isDeclared)
            {
                await broker.DeclareExchangeAsync(name, cancellationToken);
                _isDeclared = true;
            }

            return _sender;
        }
        finally
        {
            _opening.Release();
        }
    }
}
