namespace Ledger.Store;

/// <summary>What became of an <see cref="AppendRequest"/>. Refusals are values; only failures of the infrastructure throw.</summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>The events are committed.</summary>
    /// <param name="Events">The events in the order of the request; empty for a remembered command that appended nothing.</param>
    /// <param name="Answer">The text that came with the command that was recorded under the key.</param>
    /// <param name="Replayed">Whether an earlier request with the same key appended them.</param>
    public sealed record Appended(IReadOnlyList<EventPosition> Events, string? Answer, bool Replayed) : AppendResult;

    /// <summary>A stream did not have the expected version; nothing was appended.</summary>
    /// <param name="Stream">The first such stream in the order of the request.</param>
    /// <param name="ActualVersion">Its version when the request was decided.</param>
    public sealed record VersionConflict(string Stream, long ActualVersion) : AppendResult;

    /// <summary>The condition did not hold; nothing was appended.</summary>
    /// <param name="Position">The log position of the first event after the condition's position that has one of its types.</param>
    public sealed record ConditionFailed(long Position) : AppendResult;

    /// <summary>The principal used this key for another command; nothing was appended.</summary>
    public sealed record KeyReused : AppendResult;
}
