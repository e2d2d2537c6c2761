using Npgsql;

namespace Ledger.Store;

/// <summary>
/// Something that is built from the log alone, in position order, and can be thrown away and built again.
/// </summary>
public interface IProjection
{
    /// <summary>Its name, <c>AssertionList</c>.</summary>
    string Name { get; }

    /// <summary>A changed shape or rule is a new version, with tables and a checkpoint of its own.</summary>
    int Version { get; }

    /// <summary>Stored types that it folds; the others are kept from it. Empty: all.</summary>
    IReadOnlySet<string> Types { get; }

    /// <summary>
    /// Makes what the projection writes to, in schema <c>ledger_read</c>, if it is not there. Runs before the first
    /// page of every run, in a transaction on the connection that holds the lease.
    /// </summary>
    Task PrepareAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Applies a page: all events of its types behind the checkpoint, up to the page's last. The checkpoint is stored in
    /// the same transaction. An exception that does not come from a lost connection stops the projection at that event.
    /// </summary>
    Task ApplyAsync(
        IReadOnlyList<RecordedEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken);
}
