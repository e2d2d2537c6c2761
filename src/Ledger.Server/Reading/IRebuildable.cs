using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>Where the read models stand.</summary>
internal static class ReadModels
{
    /// <summary>The tables that reads use.</summary>
    internal const string Schema = "ledger_read";

    /// <summary>The tables that a rebuild fills before they take over.</summary>
    internal const string RebuildSchema = "ledger_rebuild";

    /// <summary>The tables that were taken over from, until they are dropped.</summary>
    internal const string RetiredSchema = "ledger_retired";
}

/// <summary>A read model that can be filled in another schema beside the one in service, and then take its place.</summary>
internal interface IRebuildable : IReadModel
{
    /// <summary>Its tables, in the order in which readers name them.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>The statement that makes the tables with the indexes that writing needs, in the schema of this instance.</summary>
    string TablesSql { get; }

    /// <summary>The statements that make the indexes that reading needs, in any order.</summary>
    IReadOnlyList<string> Indexes { get; }
}

/// <summary>A read model whose rows depend on one stream each: a rebuild reads stream after stream, and keeps no state but the one that it folds.</summary>
internal interface IFilledByStream : IRebuildable
{
    /// <summary>
    /// Fills empty tables with what the log says up to a position; reports how many events it has taken so far. Alone it takes every processor, else it
    /// leaves most of the time of one, and the others, to a service beside.
    /// </summary>
    Task FillAsync(NpgsqlConnection connection, long toPosition, bool isAlone, Action<long> report, CancellationToken cancellationToken);
}
