namespace Ledger.LocalPostgres;

/// <summary>One run of a server, from launch to end.</summary>
internal interface IServerRun : IAsyncDisposable
{
    /// <summary>The process id of the postmaster.</summary>
    int ProcessId { get; }

    /// <summary>Completes when the server has ended, for any reason. It never fails.</summary>
    Task Ended { get; }

    /// <summary>Requests a fast shutdown and waits for the end, for a bounded time. Later calls do nothing.</summary>
    Task StopAsync();
}
