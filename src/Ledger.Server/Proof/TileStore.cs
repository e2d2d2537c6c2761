using Ledger.Transparency;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// The stored tree and the newest signed head. Each tile is one row, which only grows until it has its full width. The tree is a projection: anything that
/// is lost is computed again from the events.
/// </summary>
internal static class TileStore
{
    internal const string CreateSql = """
        create table if not exists ledger_read.tile (level smallint not null, index bigint not null, bytes bytea not null, primary key (level, index));
        alter table ledger_read.tile alter column bytes set storage external;
        create table if not exists ledger_read.signed_head (singleton boolean primary key default true check (singleton), note text not null);
        """;

    /// <summary>Deletes the stored tree.</summary>
    internal static async Task ClearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("delete from ledger_read.signed_head; delete from ledger_read.tile", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Stores tiles, and the head over them if there is one, in one transaction.</summary>
    internal static async Task SaveAsync(
        NpgsqlConnection connection, IReadOnlyCollection<(HashTileCoordinates Coordinates, byte[] Bytes)> tiles, SignedNote? head, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var save = new NpgsqlBatchCommand("""
            insert into ledger_read.tile as t (level, index, bytes) select * from unnest($1, $2, $3)
            on conflict (level, index) do update set bytes = excluded.bytes
            """);
        save.Parameters.Add(new() { Value = tiles.Select(t => (short)t.Coordinates.Level).ToArray() });
        save.Parameters.Add(new() { Value = tiles.Select(t => t.Coordinates.Index).ToArray() });
        save.Parameters.Add(new() { Value = tiles.Select(t => t.Bytes).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        batch.BatchCommands.Add(save);
        if (head is not null)
        {
            var sign = new NpgsqlBatchCommand("insert into ledger_read.signed_head (note) values ($1) on conflict (singleton) do update set note = excluded.note");
            sign.Parameters.Add(new() { Value = head.ToString() });
            batch.BatchCommands.Add(sign);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The bytes of a tile, cut to the requested width. Null if fewer hashes are stored.</summary>
    internal static async Task<byte[]?> ReadAsync(NpgsqlDataSource source, HashTileCoordinates tile, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select bytes from ledger_read.tile where level = $1 and index = $2");
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)tile.Level });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = tile.Index });
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] bytes && bytes.Length >= tile.ByteCount ? bytes[..tile.ByteCount] : null;
    }

    /// <summary>Reads nodes of the stored tree at a given size. The tiles of a proof are read with one query.</summary>
    internal static TileHashReader Reader(NpgsqlDataSource source, long size) => new(size, (tiles, cancellation) => RequireAsync(source, tiles, cancellation));

    /// <summary>The bytes of tiles of the signed tree, each cut to its width. Fails if a tile is not stored.</summary>
    internal static async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> RequireAsync(NpgsqlDataSource source, IReadOnlyList<HashTileCoordinates> tiles, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select x.ord, t.bytes from unnest($1, $2) with ordinality x(level, index, ord) join ledger_read.tile t on t.level = x.level and t.index = x.index
            """);
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. tiles.Select(t => (short)t.Level)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. tiles.Select(t => t.Index)] });
        var read = new ReadOnlyMemory<byte>[tiles.Count];
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var (at, bytes) = ((int)row.GetInt64(0) - 1, await row.GetFieldValueAsync<byte[]>(1, cancellationToken));
            read[at] = bytes.Length >= tiles[at].ByteCount ? bytes.AsMemory(0, tiles[at].ByteCount) : default;
        }

        var missing = Array.FindIndex(read, r => r.IsEmpty);
        return missing < 0 ? read : throw new InvalidDataException($"{tiles[missing].Path} is not stored; start the server again to compute the tree anew.");
    }

    /// <summary>The newest signed head; null before the first.</summary>
    internal static async Task<string?> ReadHeadAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select note from ledger_read.signed_head");
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
