using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>An erasure that somebody asked for.</summary>
internal sealed record ErasureRequest(
    Guid Id, string State, IReadOnlyList<long> Positions, IReadOnlyList<string> Fields, string LegalBasis,
    string RequestedBy, DateTimeOffset RequestedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

/// <summary>The requests and what was decided: operational state, which holds no value that is to be erased.</summary>
internal sealed class ErasureRequests(EventStore store)
{
    private const int ListMax = 1_000;
    private const string Columns = "id, state, positions, fields, legal_basis, requested_by, requested_at, decided_by, decided_at";

    internal async Task AddAsync(ErasureRequest request, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand("""
            insert into ledger_ops.erasure (id, state, positions, fields, legal_basis, requested_by, requested_at) values ($1, $2, $3, $4, $5, $6, $7)
            """);
        foreach (var value in new object[] { request.Id, request.State, request.Positions.ToArray(), request.Fields.ToArray(), request.LegalBasis, request.RequestedBy, request.RequestedAt })
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal async Task<IReadOnlyList<ErasureRequest>> ListAsync(Guid? id, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"select {Columns} from ledger_ops.erasure where $1::uuid is null or id = $1 order by requested_at desc limit {ListMax}");
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = id, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var requests = new List<ErasureRequest>();
        while (await row.ReadAsync(cancellationToken))
        {
            requests.Add(new(
                row.GetGuid(0), row.GetString(1), (long[])row[2], (string[])row[3], row.GetString(4), row.GetString(5),
                new DateTimeOffset((DateTime)row[6]), row[7] as string, row[8] is DateTime decided ? new DateTimeOffset(decided) : null));
        }

        return requests;
    }

    internal async Task<bool> RejectAsync(Guid id, string by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(cancellationToken);
        return await DecideAsync(connection, id, "rejected", by, at, cancellationToken);
    }

    /// <summary>Decides a request that is still pending. False where it is not.</summary>
    internal static async Task<bool> DecideAsync(NpgsqlConnection connection, Guid id, string state, string by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("update ledger_ops.erasure set state = $2, decided_by = $3, decided_at = $4 where id = $1 and state = 'pending'", connection);
        foreach (var value in new object[] { id, state, by, at })
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}
