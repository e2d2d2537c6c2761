using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain;
using Ledger.Store;
using Ledger.Transparency;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Server;

/// <summary>
/// Erases in one transaction: takes the append's lock, replaces the events by what is left of them (the one function that may, which
/// belongs to the role ledger_eraser), and appends payload_erased to every stream that lost something. Runs under the owner's login; the
/// service's own cannot do any of it.
/// </summary>
internal sealed class Eraser(string ownerConnectionString, TimeProvider clock)
{
    /// <summary>Fields from which tags are made, with the beginning of those tags.</summary>
    private static readonly Dictionary<string, string> TagPrefixes = new(StringComparer.Ordinal)
    {
        ["topics"] = "topic:",
        ["attribution"] = "party:",
        ["party"] = "party:",
        ["publisher"] = "party:",
        ["requester"] = "party:",
        ["by"] = "party:",
        ["linkedBy"] = "party:",
    };

    /// <summary>Salts are base64, whose plus a cautious writer would escape: a salt record holds no escapes.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Carries an approved request out, and marks it so in the same transaction. Null where it was decided meanwhile.</summary>
    internal async Task<Erased?> EraseAsync(ErasureRequest request, string approver, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var role = new NpgsqlCommand("set local role ledger_owner", connection, transaction))
        {
            await role.ExecuteNonQueryAsync(cancellationToken);
        }

        // The append function takes the same lock: no event can come between what is read here and what is written.
        await using (var appendLock = new NpgsqlCommand("select pg_advisory_xact_lock(7201)", connection, transaction))
        {
            await appendLock.ExecuteNonQueryAsync(cancellationToken);
        }

        if (!await ErasureRequests.DecideAsync(connection, request.Id, "approved", approver, clock.GetUtcNow(), cancellationToken))
        {
            return null;
        }

        var events = await ReadAsync(connection, request.Positions, cancellationToken);
        var rest = events.ConvertAll(e => Rest(e, request));
        await ReplaceAsync(connection, rest, cancellationToken);
        var streams = events.Where(e => request.Positions.Contains(e.Position)).GroupBy(e => e.Stream, StringComparer.Ordinal)
            .Select(g => (Stream: g.Key, g.Last().StreamVersion, Positions: (IReadOnlyList<long>)[.. g.Select(e => e.Position)])).ToList();
        var last = await AppendAsync(connection, streams, request, approver, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new([.. streams.Select(s => s.Stream)], last);
    }

    /// <summary>Every event of the streams that are touched: the tags of the later ones repeat what the earlier ones said.</summary>
    private static async Task<List<StoredEvent>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<long> positions, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select e.seq_id, e.stream_id, s.version, e.data::text, e.headers::text from ledger.mt_events e join ledger.mt_streams s on s.id = e.stream_id
            where e.stream_id in (select t.stream_id from ledger.mt_events t where t.seq_id = any($1)) order by e.seq_id
            """, connection);
        command.Parameters.Add(new() { Value = positions.ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<StoredEvent>();
        while (await row.ReadAsync(cancellationToken))
        {
            events.Add(new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4)));
        }

        return events;
    }

    private static StoredEvent Rest(StoredEvent e, ErasureRequest request)
    {
        var headers = JsonNode.Parse(e.Headers)!.AsObject();
        if (headers["tags"] is JsonArray tags)
        {
            // Tags are words taken from the values; which value gave which is not kept, so all of a kind go together.
            var gone = request.Fields.Where(TagPrefixes.ContainsKey).Select(f => TagPrefixes[f]).ToHashSet(StringComparer.Ordinal);
            headers["tags"] = new JsonArray([.. tags.Select(t => t!.GetValue<string>()).Where(t => !gone.Any(p => t.StartsWith(p, StringComparison.Ordinal))).Select(t => (JsonNode)t)]);
        }

        if (!request.Positions.Contains(e.Position))
        {
            return e with { Headers = headers.ToJsonString() };
        }

        if (!SaltRecord.TryParse(Encoding.UTF8.GetBytes(headers["salt"]?.ToJsonString(Plain) ?? ""), out var salts, out var problem)
            || !Erasure.TryErase(Encoding.UTF8.GetBytes(e.Data), salts, request.Fields, out var erased, out problem))
        {
            throw new InvalidOperationException($"Event {e.Position} cannot be erased: {problem} Nothing was changed.");
        }

        headers["salt"] = JsonNode.Parse(erased.Salts.ToJson());
        return e with { Data = Encoding.UTF8.GetString(erased.Data.Span), Headers = headers.ToJsonString() };
    }

    private static async Task ReplaceAsync(NpgsqlConnection connection, List<StoredEvent> rest, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select ledger.erase_payloads($1, $2, $3)", connection);
        command.Parameters.Add(new() { Value = rest.Select(e => e.Position).ToArray() });
        command.Parameters.Add(new() { Value = rest.Select(e => e.Data).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = rest.Select(e => e.Headers).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Appends by the append function itself, as one request with a write for each stream.</summary>
    private static async Task<long> AppendAsync(
        NpgsqlConnection connection, List<(string Stream, long Version, IReadOnlyList<long> Positions)> streams, ErasureRequest request, string approver, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select max(a.position) from ledger.append_batch(
              s_id => $1, s_type => $2, r_principal => array[$3]::varchar[], r_key => array[null]::varchar[], r_fingerprint => array[null]::bytea[],
              r_answer => array[null]::text[], r_twin => array[null]::int[], r_after => array[null]::bigint[], r_last_write => array[cardinality($1)],
              c_request => array[]::int[], c_type => array[]::varchar[], w_stream => $4, w_expected => $5,
              w_follows => array_fill(null::uuid, array[cardinality($1)]), w_last_event => $4,
              e_write => $4, e_id => $6, e_type => array_fill('payload_erased'::varchar, array[cardinality($1)]), e_data => $7, e_headers => $8,
              e_correlation => array_fill(null::varchar, array[cardinality($1)]), e_causation => array_fill(null::varchar, array[cardinality($1)])) a
            where a.status = 1
            """, connection);
        Add(streams.Select(s => s.Stream).ToArray(), NpgsqlDbType.Varchar);
        Add(streams.Select(s => Ids.OfStream(s.Stream).Type).ToArray(), NpgsqlDbType.Varchar);
        command.Parameters.Add(new() { Value = approver, NpgsqlDbType = NpgsqlDbType.Varchar });
        Add(Enumerable.Range(1, streams.Count).ToArray(), NpgsqlDbType.Integer);
        Add(streams.Select(s => s.Version).ToArray(), NpgsqlDbType.Bigint);
        Add(streams.Select(_ => Guid.CreateVersion7()).ToArray(), NpgsqlDbType.Uuid);
        Add(streams.Select(s => EventTypes.Serialize(new PayloadErased
        {
            Positions = s.Positions, Fields = request.Fields, LegalBasis = request.LegalBasis, Approvers = [request.RequestedBy, approver],
        })).ToArray(), NpgsqlDbType.Jsonb);
        Add(streams.Select(s => Headers(s.Stream, approver)).ToArray(), NpgsqlDbType.Jsonb);
        return await command.ExecuteScalarAsync(cancellationToken) as long?
            ?? throw new InvalidOperationException("The erasure could not be appended to the log. Nothing was changed.");

        void Add<T>(T[] values, NpgsqlDbType type) => command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static string Headers(string stream, string approver)
    {
        var (type, id) = Ids.OfStream(stream);
        return $$"""{"recordedBy": {{JsonSerializer.Serialize(approver)}}, "tags": [{{JsonSerializer.Serialize($"{type}:{id}")}}], "salt": {{SaltRecord.Generate().ToJson()}}}""";
    }

    private sealed record StoredEvent(long Position, string Stream, long StreamVersion, string Data, string Headers);

    /// <summary>What was done.</summary>
    /// <param name="Streams">The streams that lost values.</param>
    /// <param name="Position">The last event that says so.</param>
    internal sealed record Erased(IReadOnlyList<string> Streams, long Position);
}
