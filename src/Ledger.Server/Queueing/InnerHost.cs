using JasperFx.CodeGeneration;
using Wolverine;
using Wolverine.RabbitMQ.Internal;

namespace Ledger.Server;

/// <summary>
/// A host inside the server that runs Wolverine on the broker. Wolverine's host does not start while the broker cannot be reached, but the server must
/// start. So this host is built and started again until the broker answers (docs/decisions/0017).
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
            options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static; // The message handlers are written by hand, so no code is generated at run time.
            configure(options);
        });
        return builder.Build();
    }

    internal static RabbitMqTransport Transport(IHost host) => host.Services.GetRequiredService<WolverineOptions>().Transports.GetOrCreate<RabbitMqTransport>();

    /// <summary>Closes the connection first, so that no unfinished message is sent or acknowledged any more.</summary>
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

    /// <summary>Does nothing: only the server's own host listens to signals, and it stops the inner host.</summary>
    private sealed class InnerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal static partial class BrokerLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Wolverine stopped on a closed connection")]
    internal static partial void Ended(ILogger logger, Exception e);
}
