namespace Ledger.Server;

/// <summary>What the log's signer is doing.</summary>
internal enum ProofState
{
    /// <summary>Another node holds the lease.</summary>
    Standby,

    /// <summary>The whole log is being computed again before anything is signed.</summary>
    Recomputing,

    /// <summary>New events are integrated and signed as they come.</summary>
    Signing,

    /// <summary>The stored events are not those that were signed. Nothing is signed until an operator acted; reading goes on.</summary>
    Refused,

    /// <summary>The database failed; it is tried again.</summary>
    Retrying,
}

/// <summary>For health checks: what the signer is doing and, when it refuses, where and what to do.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Size">How many events the last head covers.</param>
/// <param name="Positions">The events that are not those that were signed, as far as they are known; the first of them only, where there are many.</param>
/// <param name="Detail">What is wrong and what to do.</param>
internal sealed record ProofStatus(ProofState State, long Size, IReadOnlyList<long> Positions, string? Detail);

/// <summary>The stored events are not those that were signed.</summary>
internal sealed class RefusedToSignException(string detail, params IReadOnlyList<long> positions) : Exception(detail)
{
    internal IReadOnlyList<long> Positions { get; } = positions;
}
