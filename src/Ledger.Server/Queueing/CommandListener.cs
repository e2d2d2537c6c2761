using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.RabbitMQ;

namespace Ledger.Server;

/// <summary>
/// Runs Wolverine, which listens on the command queues. It has a host of its own inside the server, so that a broker that is away when the
/// server starts delays commands and nothing else, and so that it can be ended in the one way that keeps the order of a queue.
/// </summary>
internal sealed partial class CommandListener(
    CommandQueueSettings settings, QueuedCommandHandler handler, CommandReplies replies, ILoggerFactory loggers, TimeProvider clock, ILogger<CommandListener> logger) : BackgroundService
{
    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(2);

    /// <summary>What the broker gives out ahead: with more than one, those behind a refused command could be decided before its redelivery.</summary>
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
    /// Closes the connection first, so that the broker puts what is unfinished back where it stood. Wolverine's own way, to acknowledge it and to
    /// send it again, would put it behind later commands.
    /// </summary>
    private Task EndAsync() => Interlocked.Exchange(ref _host, null) is { } host ? InnerHost.EndAsync(host, logger) : Task.CompletedTask;

    private void Configure(WolverineOptions options)
    {
        options.AddMessageHandler(typeof(CommandMessage), handler);
        // What the handler lets go of at the end stays unacknowledged: Wolverine's own answer to an error rejects it, and the broker would drop it.
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Taking commands from {Queues}")]
    private static partial void LogListening(ILogger logger, string queues);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker cannot be reached, so no commands are taken from queues; it is tried again")]
    private static partial void LogNotListening(ILogger logger, Exception e);
}

/// <summary>Registers what takes commands from queues, where a broker and a queue or principal are configured.</summary>
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
