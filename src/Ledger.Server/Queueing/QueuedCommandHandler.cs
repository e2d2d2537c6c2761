using Wolverine.Runtime;
using Wolverine.Runtime.Handlers;

namespace Ledger.Server;

/// <summary>
/// Carries out one queued command after the other. It returns, and the broker is told that the message is done, only when the command is
/// committed and answered, or stands among the dead letters with its problem. Until then it tries again in its place: a message that went back
/// to the queue would be overtaken by those behind it.
/// </summary>
internal sealed partial class QueuedCommandHandler(
    CommandDispatch commands, AccessKeys keys, CommandReplies replies, IServiceProvider services, TimeProvider clock, ILogger<QueuedCommandHandler> logger) : IMessageHandler, IDisposable
{
    /// <summary>The first pause of an outage; it doubles up to <see cref="PauseMax"/>.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>How often a command is tried that ends in a defect: it may be one of the moment.</summary>
    private const int DefectAttemptsMax = 3;

    private readonly CancellationTokenSource _stopping = new();

    public Type MessageType => typeof(CommandMessage);

    public LogLevel SuccessLogLevel => LogLevel.Debug;

    public LogLevel ProcessingLogLevel => LogLevel.Debug;

    public bool TelemetryEnabled => true;

    /// <summary>Lets go of what is under way, without an end: the broker gives it out again.</summary>
    internal Task StopAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();

    /// <param name="context">Holds the message.</param>
    /// <param name="cancellation">Not heeded: it fires when the command takes long, and an outage does.</param>
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

    /// <summary>The answer, or the problem that is for good; waits an outage out.</summary>
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
        // Asked every time, as for a request: a key that is revoked records nothing more.
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

    /// <summary>Tries until the broker has it, whatever is wrong: the command would be lost with its answer otherwise.</summary>
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "A command from {Queue} was refused for good ({Code}); it stands among the dead letters")]
    private static partial void LogRefused(ILogger logger, string queue, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker did not take the answer of a command; it is sent again")]
    private static partial void LogBrokerAway(ILogger logger, Exception e);
}
