using JasperFx.Events;
using Npgsql;

namespace Ledger.Store;

/// <summary>Tables that are built from the log alone, in position order, and can be thrown away and built again.</summary>
public interface IReadModel
{
    /// <summary>Its name, <c>AssertionList</c>.</summary>
    string Name { get; }

    /// <summary>A changed shape or rule is a new version, with progress of its own.</summary>
    uint Version { get; }

    /// <summary>The event types that it folds; the others are not loaded. Empty: all.</summary>
    IReadOnlyCollection<Type> Folds { get; }

    /// <summary>
    /// Applies a page: all events of its types behind its progress, up to the page's last, in the transaction that stores the progress. It may be
    /// called again with the same page, after a failure. An exception that does not come from a lost connection stops the read model there.
    /// </summary>
    /// <param name="page">Events in position order.</param>
    /// <param name="connection">Where the rows go.</param>
    /// <param name="transaction">The transaction of the page.</param>
    /// <param name="cancellationToken">Cancels; nothing is stored then.</param>
    Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken);
}
