using System.Text.Json;
using Ledger.Domain;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Ledger.Server;

/// <summary>
/// Sends answers and dead letters, each confirmed by the broker before the command counts as done (docs/decisions/0017 says why Wolverine's
/// senders do not). It also declares the queues.
/// </summary>
internal sealed class CommandReplies(CommandQueueSettings settings) : IAsyncDisposable
{
    /// <summary>The header with the problem document of a dead letter.</summary>
    internal const string ProblemHeader = "ledger-problem";

    /// <summary>The header with the HTTP status of an answer or problem.</summary>
    internal const string StatusHeader = "ledger-status";

    private const string ReplayedHeader = "ledger-replayed";
    private const ushort NotFound = 404;

    /// <summary>How long the broker may take to confirm.</summary>
    private static readonly TimeSpan ConfirmMax = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>What goes wrong where a broker is away, or lacks what it had.</summary>
    internal static bool IsAway(Exception e) =>
        e is RabbitMQClientException or IOException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException or TimeoutException;

    /// <summary>Declares every queue and its dead letters, durable; what an operator has declared is taken as it is.</summary>
    internal Task DeclareAsync(CancellationToken cancellationToken) => WithChannelAsync(async (_, limited) =>
    {
        foreach (var queue in settings.Queues)
        {
            await DeclareAsync(queue, limited);
        }
    }, cancellationToken);

    /// <summary>Keeps a refused command: its own bytes and properties, so that it can be sent again as it is, and why it was refused.</summary>
    internal async Task DeadLetterAsync(CommandMessage message, Problem problem, CancellationToken cancellationToken)
    {
        var headers = message.Properties.Headers is { } own ? new Dictionary<string, object?>(own) : [];
        headers[ProblemHeader] = JsonSerializer.Serialize(ProblemWriter.Document(problem), DomainJson.Stored);
        var properties = new BasicProperties(message.Properties) { Persistent = true, Headers = headers };
        await WithChannelAsync(async (channel, limited) =>
        {
            try
            {
                await channel.BasicPublishAsync("", message.Queue.DeadLetters, mandatory: true, properties, message.Body, limited);
            }
            catch (PublishException e) when (e.IsReturn)
            {
                await DeclareAsync(message.Queue, limited); // It was deleted; the next attempt finds it.
                throw;
            }
        }, cancellationToken);
    }

    /// <summary>Answers whoever asked for an answer. A queue that is gone takes none: its owner has left.</summary>
    internal async Task ReplyAsync(CommandMessage message, Answer? answer, Problem? problem, CancellationToken cancellationToken)
    {
        if (message.Properties.ReplyTo is not { Length: > 0 } to)
        {
            return;
        }

        var headers = new Dictionary<string, object?> { [StatusHeader] = answer is null ? problem!.Status : CommandRoutes.StatusOf(answer) };
        if (answer is { Replayed: true })
        {
            headers[ReplayedHeader] = true;
        }

        var properties = new BasicProperties
        {
            ContentType = answer is null ? "application/problem+json" : "application/json",
            CorrelationId = message.Properties.CorrelationId,
            Persistent = true,
            Headers = headers,
        };
        var body = answer is null
            ? JsonSerializer.SerializeToUtf8Bytes(ProblemWriter.Document(problem!), DomainJson.Stored)
            : JsonSerializer.SerializeToUtf8Bytes(answer, DomainJson.Stored);
        await WithChannelAsync((channel, limited) => channel.BasicPublishAsync("", to, mandatory: false, properties, body, limited).AsTask(), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _turn.Dispose();
    }

    private async Task DeclareAsync(CommandQueue queue, CancellationToken cancellationToken)
    {
        // One consumer at a time, whatever the number of nodes: two would handle the commands of one assertion in any order.
        await DeclareAsync(queue.Name, new() { ["x-single-active-consumer"] = true }, cancellationToken);
        await DeclareAsync(queue.DeadLetters, [], cancellationToken);
    }

    private async Task DeclareAsync(string name, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        // A refused declaration closes its channel, so each has one of its own.
        try
        {
            await using var probe = await _connection!.CreateChannelAsync(cancellationToken: cancellationToken);
            await probe.QueueDeclarePassiveAsync(name, cancellationToken);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == NotFound)
        {
            await using var channel = await _connection!.CreateChannelAsync(cancellationToken: cancellationToken);
            await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
        }
    }

    private async Task WithChannelAsync(Func<IChannel, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(ConfirmMax);
        await _turn.WaitAsync(limited.Token);
        try
        {
            if (_channel is not { IsOpen: true } || _connection is not { IsOpen: true })
            {
                await CloseAsync();
                var factory = new ConnectionFactory { Uri = settings.Broker!, AutomaticRecoveryEnabled = false };
                _connection = await factory.CreateConnectionAsync("claims-ledger answers", limited.Token);
                _channel = await _connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), limited.Token);
            }

            await run(_channel, limited.Token);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task CloseAsync()
    {
        var (channel, connection) = (_channel, _connection);
        (_channel, _connection) = (null, null);
        if (channel is not null)
        {
            await channel.DisposeAsync();
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }
}
