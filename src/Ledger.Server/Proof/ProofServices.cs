using Ledger.Store;

namespace Ledger.Server;

/// <summary>Registers the services that sign and prove the log.</summary>
internal static class ProofServices
{
    internal static IServiceCollection AddLedgerProof(this IServiceCollection services, LedgerDatabase database) => services
        .AddSingleton(s => LogKey.Load(s.GetRequiredService<LedgerSettings>(), s.GetRequiredService<LedgerIdentity>()))
        .AddSingleton<Erasures>()
        .AddSingleton(s => ActivatorUtilities.CreateInstance<Eraser>(s, database.OwnerConnectionString))
        .AddSingleton<ErasureRequests>()
        .AddHostedService<ErasureForgetting>()
        .AddSingleton<SignedHeads>()
        .AddSingleton(s => new Receipts(s.GetRequiredService<EventStore>(), s.GetRequiredService<LogKey>(), s.GetRequiredService<Erasures>(), s.GetRequiredService<SignedHeads>()))
        .AddSingleton<Integrator>()
        .AddHostedService(s => s.GetRequiredService<Integrator>());
}
