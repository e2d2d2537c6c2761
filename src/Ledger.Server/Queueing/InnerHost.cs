using JasperFx.CodeGeneration;
using Wolverine;
using Wolverine.RabbitMQ.Internal;

namespace Ledger.Server;

/// <summary>
/// A host inside the server that runs Wolverine on the broker. Wolverine's host does not start while the broker is away, and the server must:
/// so it is built and started again until the broker answers (docs/decisions/0017).
/// </summary>
internal static class InnerHost
{
    internal static IHost Build(ILoggerFactory loggers, Action<WolverineOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(loggers).AddSingleton<IHostLifetime, InnerLifetime>();
        builder.Services.AddWolverine(ExtensionDiscovery.ManualOnly, options =>
        {
            options.ServiceName = "claims-ledger";
            options.Durability.Mode = DurabilityMode.Solo;
            options.Discovery.DisableConventionalDiscovery();
            options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static; // What handles messages is written by hand: nothing is generated, and no compiler runs.
            configure(options);
        });
        return builder.Build();
    }

    internal static RabbitMqTransport Transport(IHost host) => host.Services.GetRequiredService<WolverineOptions>().Transports.GetOrCreate<RabbitMqTransport>();

    /// <summary>Closes the connection first, so that nothing that is under way is sent or acknowledged any more.</summary>
    internal static async Task EndAsync(IHost host, ILogger logger)
    {
        try
        {
            await Transport(host).DisposeAsync();
            await host.StopAsync(CancellationToken.None);
        }
        catch (Exception e) when (BrokerAwayException.Is(e))
        {
            BrokerLog.Ended(logger, e);
        }

        await ((IAsyncDisposable)host).DisposeAsync();
    }

    /// <summary>The server's own host listens to signals; the one inside ends with it.</summary>
    private sealed class InnerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal static partial class BrokerLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Wolverine ended on a closed connection")]
    internal static partial void Ended(ILogger logger, Exception e);
}
