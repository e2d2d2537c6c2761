using System.Diagnostics.CodeAnalysis;
using Wolverine;
using Wolverine.Configuration;
using Wolverine.RabbitMQ;
using Wolverine.RabbitMQ.Internal;
using Wolverine.Runtime;
using Wolverine.Transports.Sending;

namespace Ledger.Server;

/// <summary>
/// The connection for outgoing messages: Wolverine's RabbitMQ transport with publisher confirms. Messages go directly to Wolverine's sender, and the caller
/// waits for the confirm. They do not go through Wolverine's sending agents, because those would retry a failed message from memory (docs/decisions/0018).
/// </summary>
internal sealed class Broker(SubscriberSettings settings, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>How often the client tries to reach the broker after it has lost the connection.</summary>
    private static readonly TimeSpan RecoveryInterval = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger<Broker>();
    private readonly SemaphoreSlim _turn = new(1, 1);

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "InnerHost.EndAsync disposes of it.")]
    private IHost? _host;

    /// <summary>Opens a sender to an exchange, with a channel of its own. The caller disposes it.</summary>
    /// <param name="name">The name of the exchange. An empty name means the default exchange, where a routing key is the name of a queue.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal Task<ISender> OpenAsync(string name, CancellationToken cancellationToken) => WithTransportAsync((transport, runtime) =>
    {
        var exchange = transport.Exchanges[name];
        exchange.ExchangeType = ExchangeType.Topic;
        exchange.EnvelopeMapper = OutgoingMessageMapper.Instance;
        return Task.FromResult(transport.BuildSender(exchange, RoutingMode.ByTopic, runtime));
    }, cancellationToken);

    /// <summary>Declares a durable topic exchange.</summary>
    internal Task DeclareExchangeAsync(string name, CancellationToken cancellationToken) => WithTransportAsync(async (transport, _) =>
    {
        var exchange = transport.Exchanges[name];
        exchange.ExchangeType = ExchangeType.Topic;
        await exchange.SetupAsync(_logger).AsTask().WaitAsync(cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Declares a durable queue if there is no queue of that name. A queue that an operator has declared is used as it is.</summary>
    /// <param name="name">The queue.</param>
    /// <param name="arguments">The arguments of a new queue.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal Task DeclareQueueAsync(string name, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken) => WithTransportAsync(async (transport, _) =>
    {
        var queue = transport.Queues[name];
        if (await queue.CheckAsync().AsTask().WaitAsync(cancellationToken))
        {
            return true;
        }

        foreach (var (key, value) in arguments)
        {
            queue.Arguments[key] = value;
        }

        await queue.SetupAsync(_logger).AsTask().WaitAsync(cancellationToken);
        return true;
    }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await InnerHost.EndAsync(host, _logger);
        }

        _turn.Dispose();
    }

    /// <summary>Runs one action at a time, because the transport's collections of exchanges and queues are not thread-safe.</summary>
    private async Task<T> WithTransportAsync<T>(Func<RabbitMqTransport, IWolverineRuntime, Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                var host = _host ?? await StartAsync(cancellationToken);
                return await run(InnerHost.Transport(host), host.Services.GetRequiredService<IWolverineRuntime>());
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (Exception e) when (BrokerAwayException.Is(e))
        {
            throw new BrokerAwayException("The broker cannot be reached", e);
        }
    }

    private async Task<IHost> StartAsync(CancellationToken cancellationToken)
    {
        var host = InnerHost.Build(loggers, Configure);
        try
        {
            await host.StartAsync(cancellationToken);
            return _host = host;
        }
        catch
        {
            await InnerHost.EndAsync(host, _logger);
            throw;
        }
    }

    private void Configure(WolverineOptions options) => options
        .UseRabbitMq(factory =>
        {
            factory.Uri = settings.RabbitMqUri!;
            factory.ClientProvidedName = "claims-ledger";
            factory.NetworkRecoveryInterval = RecoveryInterval;
        })
        .ConfigureChannelCreation(o =>
        {
            o.PublisherConfirmationsEnabled = true;
            o.PublisherConfirmationTrackingEnabled = true;
        })
        .DisableDeadLetterQueueing()
        .DisableSystemRequestReplyQueueDeclaration()
        .UseSenderConnectionOnly();
}
