using Wolverine;
using Wolverine.Transports.Sending;

namespace Ledger.Server;

/// <summary>Sends to one exchange, with every message confirmed by the broker before the send ends.</summary>
/// <param name="broker">The connection.</param>
/// <param name="name">The exchange, which is declared as a durable topic; empty: the default one, whose routing keys are the names of queues.</param>
internal sealed class BrokerExchange(Broker broker, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private ISender? _sender;
    private volatile bool _isDeclared = name.Length == 0;
    private int _givenUp;

    /// <summary>Sends a message, and ends when the broker has it.</summary>
    /// <exception cref="BrokerAwayException">The broker did not take it, for whatever reason.</exception>
    internal async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _givenUp) > 0)
        {
            // What the client still holds ends by its confirm or with its connection. More would pile up in memory behind it.
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
            _isDeclared = name.Length == 0; // It may have been deleted, and the next message declares it again.
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
            // The channel ended with its connection.
        }

        _opening.Dispose();
    }

    private void GiveBack(Task sending)
    {
        _ = sending.Exception; // It was reported as not taken, whatever became of it.
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
