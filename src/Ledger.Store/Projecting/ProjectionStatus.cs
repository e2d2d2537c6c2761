namespace Ledger.Store;

/// <summary>What a projection's runner is doing.</summary>
public enum ProjectionState
{
    /// <summary>Not started, or ended by its host.</summary>
    Idle,

    /// <summary>Another node holds the lease; this one watches its checkpoint.</summary>
    Standby,

    /// <summary>This node holds the lease and applies pages.</summary>
    Running,

    /// <summary>The database failed; it is tried again with growing pauses.</summary>
    Retrying,

    /// <summary>An event could not be applied. It is never skipped: repair the projection and start again.</summary>
    Stopped,
}

/// <summary>A snapshot for health checks.</summary>
/// <param name="Name">Name in <c>mt_event_progression</c>, <c>AssertionList:V1</c>.</param>
/// <param name="State">What the runner is doing.</param>
/// <param name="Position">The last position that is known to be applied, here or on the node that holds the lease.</param>
/// <param name="FailedPosition">The event that stopped it.</param>
/// <param name="LastError">The failure that it retries after or stopped at.</param>
public sealed record ProjectionStatus(string Name, ProjectionState State, long Position, long? FailedPosition, Exception? LastError);
