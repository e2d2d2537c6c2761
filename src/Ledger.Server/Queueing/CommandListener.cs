using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.RabbitMQ;

namespace Ledger.Server;

/// <summary>
/// Runs Wolverine, which listens on the command queues. Wolverine has its own host inside the server, for two reasons. If the broker cannot be reached when
/// the server starts, only commands are delayed. And the host can be stopped in the only way that keeps the order of a queue.
/// </summary>
internal sealed partial class CommandListener(
    CommandQueueSettings settings, QueuedCommandHandler handler, CommandReplies replies, ILoggerFactory loggers, TimeProvider clock, ILogger<CommandListener> logger) : BackgroundService
{
    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many messages the broker may deliver before an acknowledgement. With more than one, the commands after a rejected one could be decided before it
    /// is redelivered.
    /// </summary>
    private const ushort Prefetch = 1;

    private readonly string _names = string.Join(", ", settings.Queues.Select(q => q.Name));
    private IHost? _host;

    public override void Dispose()
    {
        _host?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await replies.DeclareAsync(stoppingToken);
                var host = InnerHost.Build(loggers, Configure);
                _host = host;
                await host.StartAsync(stoppingToken);
                LogListening(logger, _names);
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotListening(logger, e);
                await EndAsync();
                await Task.Delay(StartPause, clock, stoppingToken);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await handler.StopAsync();
        await base.StopAsync(cancellationToken);
        await EndAsync();
    }

    /// <summary>
    /// Closes the connection first, so that the broker puts unfinished messages back in their old places. Wolverine would acknowledge such a message and
    /// send it again, which would put it behind later commands.
    /// </summary>
    private Task EndAsync() => Interlocked.Exchange(ref _host, null) is { } host ? InnerHost.EndAsync(host, logger) : Task.CompletedTask;

    private void Configure(WolverineOptions options)
    {
        options.AddMessageHandler(typeof(CommandMessage), handler);
        // A message that the handler abandons at shutdown must stay unacknowledged. By default Wolverine rejects a message after an error, and the broker
        // would drop it.
        options.OnAnyException().CustomActionIndefinitely((_, _, _) => ValueTask.CompletedTask, "Left to the broker, which gives it out again");
        options.UseRabbitMq(settings.Broker!).DisableDeadLetterQueueing().DisableSystemRequestReplyQueueDeclaration().UseListenerConnectionOnly();
        foreach (var queue in settings.Queues)
        {
            options.ListenToRabbitQueue(queue.Name)
                .ExternallyOwned()
                .UseInterop(new CommandMessageMapper(queue))
                .PreFetchCount(Prefetch)
                .ProcessInline()
                .ProcessInlineWhileDraining();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening for commands on {Queues}")]
    private static partial void LogListening(ILogger logger, string queues);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker cannot be reached, so no commands are taken from queues; the server will try again")]
    private static partial void LogNotListening(ILogger logger, Exception e);
}

/// <summary>Registers the services that take commands from queues, if a broker and a queue or a principal are configured.</summary>
internal static class CommandQueueServices
{
    internal static IServiceCollection AddCommandQueues(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = CommandQueueSettings.From(configuration);
        return !settings.Listens ? services : services
            .AddSingleton(settings)
            .AddSingleton<CommandReplies>()
            .AddSingleton<QueuedCommandHandler>()
            .AddHostedService<CommandListener>();
    }
}
