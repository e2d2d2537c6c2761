namespace Ledger.LocalPostgres;

/// <summary>One run of a server, from its launch to its end.</summary>
internal interface IServerRun : IAsyncDisposable
{
    /// <summary>The postmaster's process.</summary>
    int ProcessId { get; }

    /// <summary>Completes when the server has ended, for whatever reason; never fails.</summary>
    Task Ended { get; }

    /// <summary>Asks for a fast shutdown and waits for the end, within bounds; later calls do nothing.</summary>
    Task StopAsync();
}
