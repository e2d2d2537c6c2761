using Wolverine.Runtime;
using Wolverine.Runtime.Handlers;

namespace Ledger.Server;

/// <summary>
/// Carries out queued commands one after another. The handler returns only when the command is committed and answered, or is in the dead-letter queue with
/// its problem. Only then the message is acknowledged to the broker. Until then the handler itself retries the command: a message that goes back to the
/// queue would be overtaken by later ones.
/// </summary>
internal sealed partial class QueuedCommandHandler(
    CommandDispatch commands, AccessKeys keys, CommandReplies replies, IServiceProvider services, TimeProvider clock, ILogger<QueuedCommandHandler> logger) : IMessageHandler, IDisposable
{
    /// <summary>The first pause during an outage. It doubles up to <see cref="PauseMax"/>.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>How often a command that fails with an internal error is tried. The error may be temporary.</summary>
    private const int DefectAttemptsMax = 3;

    private readonly CancellationTokenSource _stopping = new();

    public Type MessageType => typeof(CommandMessage);

    public LogLevel SuccessLogLevel => LogLevel.Debug;

    public LogLevel ProcessingLogLevel => LogLevel.Debug;

    public bool TelemetryEnabled => true;

    /// <summary>Abandons the current command without an acknowledgement, so that the broker delivers it again.</summary>
    internal Task StopAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();

    /// <param name="context">The context with the message.</param>
    /// <param name="cancellation">Ignored: it is cancelled when a command takes long, and a command takes long during an outage.</param>
    public async Task HandleAsync(MessageContext context, CancellationToken cancellation)
    {
        var message = (CommandMessage)context.Envelope!.Message!;
        var (answer, problem) = await DecideAsync(message);
        if (problem is not null)
        {
            LogRefused(logger, message.Queue.Name, problem.Code);
            await PersistAsync(() => replies.DeadLetterAsync(message, problem, _stopping.Token));
        }

        await PersistAsync(() => replies.ReplyAsync(message, answer, problem, _stopping.Token));
    }

    /// <summary>Returns the answer or a permanent problem. Retries during an outage.</summary>
    private async Task<(Answer? Answer, Problem? Problem)> DecideAsync(CommandMessage message)
    {
        var pause = PauseMin;
        for (var defects = 0; ;)
        {
            try
            {
                return (await RunAsync(message), null);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                var problem = ProblemWriter.Of(e, logger);
                var mayPass = problem.RetryAfterS is not null || (problem.Status == StatusCodes.Status500InternalServerError && ++defects < DefectAttemptsMax);
                if (!mayPass)
                {
                    return (null, problem);
                }
            }

            await Task.Delay(pause, clock, _stopping.Token);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    private async Task<Answer> RunAsync(CommandMessage message)
    {
        // The key is looked up for every attempt, as for a request: a revoked key must record nothing more.
        var principal = message.Queue.Principal is { } name ? await keys.FindNamedAsync(name, _stopping.Token) : null;
        if (principal is null)
        {
            throw new ProblemException(new(401, "unauthorized", "No principal is bound to the queue", message.Queue.Principal is null
                ? $"Nothing is accepted from {message.Queue.Name}: bind a principal to it with Ledger:Commands:Principal, and replay the dead letter."
                : $"The key {message.Queue.Principal}, which is bound to {message.Queue.Name}, is not in force: bind another one, and replay the dead letter."));
        }

        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = _stopping.Token, User = principal };
        context.Request.Method = HttpMethods.Post;
        return await commands.RunAsync(context, QueuedCommand.Read(message));
    }

    /// <summary>Retries until the broker has the message, whatever the error is. Otherwise the command and its answer would be lost.</summary>
    private async Task PersistAsync(Func<Task> publish)
    {
        for (var pause = PauseMin; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                await publish();
                return;
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                LogBrokerAway(logger, e);
            }

            await Task.Delay(pause, clock, _stopping.Token);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A command from {Queue} was permanently refused ({Code}); it goes to the dead-letter queue")]
    private static partial void LogRefused(ILogger logger, string queue, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker did not take the answer or the dead letter of a command; it will be sent again")]
    private static partial void LogBrokerAway(ILogger logger, Exception e);
}
