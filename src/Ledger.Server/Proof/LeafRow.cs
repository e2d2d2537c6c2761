using Ledger.Transparency;
using Npgsql;

namespace Ledger.Server;

/// <summary>An event with what its leaf is made of, to the letter as it stands in the table: no reading is lenient here.</summary>
/// <param name="Event">The event.</param>
/// <param name="Salts">Its salt record; null where its headers are none that the ledger writes, or where columns are filled that it leaves alone.</param>
/// <param name="StreamVersion">The version that its stream claims to have; null where the stream is missing.</param>
internal sealed record LeafRow(CommittedEvent Event, SaltRecord? Salts, long? StreamVersion)
{
    private const string Columns =
        "e.seq_id, e.id, e.stream_id, e.version, e.type, e.timestamp, e.causation_id, e.correlation_id, e.data::text, "
        // What Marten has columns for and the append function leaves at their defaults: whoever writes there changes what a Marten application sees.
        + "case when e.tenant_id = '*DEFAULT*' and e.is_archived is false and e.mt_dotnet_type is null and e.bdata is null then e.headers::text end, "
        // Not a join: in a log that PostgreSQL has no statistics of yet it read all streams for every page.
        + "(select s.version from ledger.mt_streams s where s.id = e.stream_id)";

    /// <summary>The hash that belongs into the tree, or why there is none.</summary>
    internal bool TryHash(out Digest hash, out string? problem)
    {
        hash = default;
        if (!TryEncode(out var leaf, out problem))
        {
            return false;
        }

        hash = MerkleHashing.Leaf(leaf);
        return true;
    }

    /// <summary>The leaf, or why there is none.</summary>
    internal bool TryEncode(out byte[] leaf, out string? problem)
    {
        leaf = [];
        if (Salts is null)
        {
            problem = "the event has no headers that the ledger could have written, or something in columns that the ledger leaves alone, so the ledger did not append it as it stands";
            return false;
        }

        var encoded = EventLeaf.TryEncode(Event, Salts, out var bytes, out problem);
        leaf = bytes ?? [];
        return encoded;
    }

    /// <summary>Rows behind a position, in order.</summary>
    internal static async Task<IReadOnlyList<LeafRow>> ReadAsync(NpgsqlDataSource source, long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            select {Columns} from ledger.mt_events e
            where e.seq_id > $1 order by e.seq_id limit $2
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await ReadAllAsync(command, cancellationToken);
    }

    /// <summary>The rows of a range of positions, both ends included; a missing one is just not there.</summary>
    internal static async Task<IReadOnlyList<LeafRow>> ReadRangeAsync(NpgsqlDataSource source, long from, long to, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            select {Columns} from ledger.mt_events e
            where e.seq_id between $1 and $2 order by e.seq_id
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
        return await ReadAllAsync(command, cancellationToken);
    }

    /// <summary>The rows of single positions; a missing one is just not there.</summary>
    internal static async Task<IReadOnlyDictionary<long, LeafRow>> ReadAtAsync(NpgsqlDataSource source, IReadOnlyCollection<long> positions, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            select {Columns} from ledger.mt_events e
            where e.seq_id = any($1)
            """);
        command.Parameters.Add(new() { Value = positions.ToArray() });
        return (await ReadAllAsync(command, cancellationToken)).ToDictionary(r => r.Event.Position);
    }

    private static async Task<IReadOnlyList<LeafRow>> ReadAllAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<LeafRow>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(Read(row));
        }

        return rows;
    }

    private static LeafRow Read(NpgsqlDataReader row)
    {
        LeafHeaders? headers = null;
        if (!row.IsDBNull(9))
        {
            _ = LeafHeaders.TryRead(row.GetFieldValue<byte[]>(9), Text(row, 7), out headers, out _);
        }

        return new(
            new()
            {
                Position = row.GetInt64(0),
                Id = row.GetGuid(1),
                Stream = Text(row, 2) ?? "",
                Version = row.GetInt64(3),
                Type = row.GetString(4),
                RecordedAt = row.GetFieldValue<DateTimeOffset>(5),
                RecordedBy = headers?.RecordedBy ?? "",
                Causation = Text(row, 6),
                Headers = headers?.Committed,
                Data = row.GetFieldValue<byte[]>(8),
            },
            headers?.Salts,
            row.IsDBNull(10) ? null : row.GetInt64(10));
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
