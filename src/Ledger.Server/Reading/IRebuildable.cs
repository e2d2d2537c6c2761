using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>The database schemas of the read models.</summary>
internal static class ReadModels
{
    /// <summary>The schema of the tables that reads use.</summary>
    internal const string Schema = "ledger_read";

    /// <summary>The schema of the tables that a rebuild fills, before they replace the tables in service.</summary>
    internal const string RebuildSchema = "ledger_rebuild";

    /// <summary>The schema of the tables that a rebuild has replaced, until they are dropped.</summary>
    internal const string RetiredSchema = "ledger_retired";
}

/// <summary>A read model that can be filled in another schema, beside the one in service, and can then replace it.</summary>
internal interface IRebuildable : IReadModel
{
    /// <summary>Its tables, in the order in which readers name them.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>The SQL that creates the tables in the schema of this instance, with the indexes that writing needs.</summary>
    string TablesSql { get; }

    /// <summary>The statements that create the indexes that reading needs. Their order does not matter.</summary>
    IReadOnlyList<string> Indexes { get; }
}

/// <summary>
/// A read model in which each row depends on only one stream. A rebuild reads one stream after another and keeps only the state that it is folding.
/// </summary>
internal interface IFilledByStream : IRebuildable
{
    /// <summary>
    /// Fills empty tables from the log, up to a position. It reports how many events it has processed so far. If it runs alone, it uses every processor.
    /// Otherwise it uses only a small part of one processor, so that a service can run at the same time.
    /// </summary>
    Task FillAsync(NpgsqlConnection connection, long toPosition, bool isAlone, Action<long> report, CancellationToken cancellationToken);
}
