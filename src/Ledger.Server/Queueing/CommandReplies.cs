using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// Sends answers and dead letters, each confirmed by the broker before the command counts as done. It also declares the queues.
/// </summary>
internal sealed class CommandReplies(CommandQueueSettings settings, Broker broker) : IAsyncDisposable
{
    /// <summary>The header with the problem document of a dead letter.</summary>
    internal const string ProblemHeader = "ledger-problem";

    /// <summary>The header with the HTTP status of an answer or problem.</summary>
    internal const string StatusHeader = "ledger-status";

    private const string ReplayedHeader = "ledger-replayed";

    /// <summary>How long the broker may take for one operation, such as the confirm of a message.</summary>
    private static readonly TimeSpan ConfirmMax = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Only one consumer is active at a time, on all nodes together. Two consumers would handle the commands on one assertion in an arbitrary order.
    /// </summary>
    private static readonly Dictionary<string, object?> OneConsumer = new() { ["x-single-active-consumer"] = true };

    private readonly BrokerExchange _queues = new(broker, "");

    /// <summary>Declares every queue and its dead-letter queue as durable. A queue that an operator has declared is used as it is.</summary>
    internal async Task DeclareAsync(CancellationToken cancellationToken)
    {
        using var limited = Limited(cancellationToken);
        foreach (var queue in settings.Queues)
        {
            await broker.DeclareQueueAsync(queue.Name, OneConsumer, limited.Token);
            await DeclareDeadLettersAsync(queue, limited.Token);
        }
    }

    /// <summary>
    /// Keeps a refused command as a dead letter, with the reason for the refusal. The body and the properties stay the same, so that the command can be
    /// sent again as it is. The queue is declared first, because it may have been deleted. If somebody deletes it between the two steps, the dead letter is
    /// lost, just as if the queue were deleted later.
    /// </summary>
    internal async Task DeadLetterAsync(CommandMessage message, Problem problem, CancellationToken cancellationToken)
    {
        var headers = message.Properties.Headers is { } own ? new Dictionary<string, object?>(own) : [];
        headers[ProblemHeader] = JsonSerializer.Serialize(ProblemWriter.Document(problem), DomainJson.Stored);
        using var limited = Limited(cancellationToken);
        await DeclareDeadLettersAsync(message.Queue, limited.Token);
        await _queues.SendAsync(new(message.Queue.DeadLetters, message.Body) { Like = message, Headers = headers }, limited.Token);
    }

    /// <summary>Sends the answer if the sender asked for one. If the reply queue no longer exists, the answer is lost: its owner has left.</summary>
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

        var body = answer is null
            ? JsonSerializer.SerializeToUtf8Bytes(ProblemWriter.Document(problem!), DomainJson.Stored)
            : JsonSerializer.SerializeToUtf8Bytes(answer, DomainJson.Stored);
        using var limited = Limited(cancellationToken);
        await _queues.SendAsync(new(to, body)
        {
            ContentType = answer is null ? "application/problem+json" : "application/json",
            CorrelationId = message.Properties.CorrelationId,
            Headers = headers,
        }, limited.Token);
    }

    public ValueTask DisposeAsync() => _queues.DisposeAsync();

    private static CancellationTokenSource Limited(CancellationToken cancellationToken)
    {
        var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(ConfirmMax);
        return limited;
    }

    private Task DeclareDeadLettersAsync(CommandQueue queue, CancellationToken cancellationToken) =>
        broker.DeclareQueueAsync(queue.DeadLetters, new Dictionary<string, object?>(), cancellationToken);
}
