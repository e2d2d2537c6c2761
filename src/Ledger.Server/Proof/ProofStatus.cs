namespace Ledger.Server;

/// <summary>What the log's signer is doing.</summary>
internal enum ProofState
{
    /// <summary>Another node holds the lease.</summary>
    Standby,

    /// <summary>The tree of the whole log is being computed again before anything is signed.</summary>
    Recomputing,

    /// <summary>New events are integrated and signed as they come.</summary>
    Signing,

    /// <summary>The stored events are not those that were signed. Nothing is signed until an operator has acted. Reading goes on.</summary>
    Refused,

    /// <summary>The signer failed and will try again.</summary>
    Retrying,
}

/// <summary>The status for health checks: what the signer is doing, and if it refuses, at which positions and what to do.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Size">How many events the last head covers.</param>
/// <param name="Positions">
/// The positions of the events that differ from the signed ones, as far as they are known. If there are many, only the first ones.
/// </param>
/// <param name="Detail">What is wrong and what to do.</param>
internal sealed record ProofStatus(ProofState State, long Size, IReadOnlyList<long> Positions, string? Detail);

/// <summary>The stored events are not those that were signed.</summary>
internal sealed class RefusedToSignException(string detail, params IReadOnlyList<long> positions) : Exception(detail)
{
    internal IReadOnlyList<long> Positions { get; } = positions;
}
