namespace Ledger.Store;

/// <summary>What a node does with a projection.</summary>
public enum ProjectionState
{
    /// <summary>Another node runs it, or nobody does yet.</summary>
    Standby,

    /// <summary>This node applies pages.</summary>
    Running,

    /// <summary>A page failed on this node, for a reason that may pass; it is tried again.</summary>
    Retrying,

    /// <summary>An event cannot be applied. It is never skipped: repair the projection and start again.</summary>
    Stopped,
}

/// <summary>A snapshot for health checks.</summary>
/// <param name="Name">Name in <c>mt_event_progression</c>, <c>AssertionList:V5:All</c>.</param>
/// <param name="State">What this node does with it.</param>
/// <param name="FailedPosition">The event that stopped it.</param>
/// <param name="LastError">The failure that it retries after or stopped at.</param>
public sealed record ProjectionStatus(string Name, ProjectionState State, long? FailedPosition, Exception? LastError);
