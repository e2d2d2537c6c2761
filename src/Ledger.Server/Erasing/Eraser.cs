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
/// Erases in one transaction. It takes the append's lock, replaces the events by what is left of them, and appends payload_erased to every stream
/// that lost something. Only one function may replace events; it belongs to the role ledger_eraser. The eraser runs under the owner's login; the
/// service's own login can do none of this.
/// </summary>
internal sealed class Eraser(string ownerConnectionString, ErasureRequests requests, TimeProvider clock)
{
    /// <summary>The fields from which tags are made, with the prefix of those tags.</summary>
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

    /// <summary>Approves a request and carries it out in the same transaction. Null where it was decided meanwhile.</summary>
    internal async Task<Erased?> EraseAsync(ErasureRequest request, string approver, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var role = new NpgsqlCommand("set local role ledger_owner", connection, transaction))
        {
            await role.ExecuteNonQueryAsync(cancellationToken);
        }

        // The append function takes the same lock, so no event can be appended between the read and the write.
        await using (var appendLock = new NpgsqlCommand("select pg_advisory_xact_lock(7201)", connection, transaction))
        {
            await appendLock.ExecuteNonQueryAsync(cancellationToken);
        }

        if (!await requests.ApproveAsync(transaction, request.Id, approver, clock.GetUtcNow(), cancellationToken))
        {
            return null;
        }

        var events = await ReadAsync(connection, request.Positions, cancellationToken);
        var asked = new Asked([.. request.Positions], request.Fields);
        var rest = events.ConvertAll(e => Rest(e, asked));
        await ReplaceAsync(connection, [.. rest.Where(r => r.Changed)], cancellationToken);
        var streams = rest.GroupBy(r => r.Event.Stream, StringComparer.Ordinal).Select(ErasedStream.Of).ToList();
        var last = await AppendAsync(connection, streams, request, approver, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new([.. streams.Select(s => s.Id)], last);
    }

    /// <summary>Reads every event of the streams that are touched, because the tags of later events repeat what earlier ones said.</summary>
    private static async Task<List<StoredEvent>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<long> positions, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select e.seq_id, e.stream_id, s.version, e.data::text, e.headers::text, e.correlation_id from ledger.mt_events e join ledger.mt_streams s on s.id = e.stream_id
            where e.stream_id in (select t.stream_id from ledger.mt_events t where t.seq_id = any($1)) order by e.seq_id
            """, connection);
        command.Parameters.Add(new() { Value = positions.ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<StoredEvent>();
        while (await row.ReadAsync(cancellationToken))
        {
            events.Add(new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row[5] as string));
        }

        return events;
    }

    private static Left Rest(StoredEvent e, Asked asked)
    {
        var headers = JsonNode.Parse(e.Headers)!.AsObject();
        var lostTags = Prune(headers, asked.TagPrefixes);
        var named = asked.Positions.Contains(e.Position);
        if (!named && !lostTags)
        {
            return new(e, named, lostTags);
        }

        if (!LeafHeaders.TryRead(Encoding.UTF8.GetBytes(e.Headers), e.Correlation, out var before, out var problem))
        {
            throw Unable(e, problem);
        }

        // Where tags are committed to, their salt must go with the words. The possible words are few, so with the salt anybody could find the erased
        // ones by trying them all.
        if (!named && before.Committed is null)
        {
            return new(e with { Headers = headers.ToJsonString() }, named, lostTags);
        }

        if (!Erasure.TryErase(
            Encoding.UTF8.GetBytes(e.Data), before.Committed, before.Salts, named ? asked.Fields : [], lostTags ? [CommitmentPath.TagsHeader] : [], out var erased, out problem))
        {
            throw Unable(e, problem);
        }

        headers["salt"] = JsonNode.Parse(erased.Salts.ToJson());
        return new(e with { Data = Encoding.UTF8.GetString(erased.Data.Span), Headers = headers.ToJsonString() }, named, lostTags);
    }

    /// <summary>
    /// Takes words out of the tags; false where none had to go. The ledger does not keep which value gave which tag, so all tags of a kind go
    /// together.
    /// </summary>
    private static bool Prune(JsonObject headers, HashSet<string> prefixes)
    {
        if (headers[CommitmentPath.TagsHeader] is not JsonArray tags)
        {
            return false;
        }

        List<string> kept = [.. tags.Select(t => t!.GetValue<string>()).Where(t => !prefixes.Any(p => t.StartsWith(p, StringComparison.Ordinal)))];
        headers[CommitmentPath.TagsHeader] = new JsonArray([.. kept.Select(t => (JsonNode)t)]);
        return kept.Count < tags.Count;
    }

    private static InvalidOperationException Unable(StoredEvent e, string problem) => new($"Event {e.Position} cannot be erased: {problem} Nothing was changed.");

    private static async Task ReplaceAsync(NpgsqlConnection connection, IReadOnlyList<Left> rest, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select ledger.erase_payloads($1, $2, $3)", connection);
        command.Parameters.Add(new() { Value = rest.Select(r => r.Event.Position).ToArray() });
        command.Parameters.Add(new() { Value = rest.Select(r => r.Event.Data).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = rest.Select(r => r.Event.Headers).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Appends with the append function itself, as one request with a write for each stream.</summary>
    private static async Task<long> AppendAsync(
        NpgsqlConnection connection, List<ErasedStream> streams, ErasureRequest request, string approver, CancellationToken cancellationToken)
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
        Add(streams.Select(s => s.Id).ToArray(), NpgsqlDbType.Varchar);
        Add(streams.Select(s => Ids.OfStream(s.Id).Type).ToArray(), NpgsqlDbType.Varchar);
        command.Parameters.Add(new() { Value = approver, NpgsqlDbType = NpgsqlDbType.Varchar });
        Add(Enumerable.Range(1, streams.Count).ToArray(), NpgsqlDbType.Integer);
        Add(streams.Select(s => s.Version).ToArray(), NpgsqlDbType.Bigint);
        Add(streams.Select(_ => Guid.CreateVersion7()).ToArray(), NpgsqlDbType.Uuid);
        Add(streams.Select(s => Data(s, request, approver)).ToArray(), NpgsqlDbType.Text);
        Add(streams.Select(s => Headers(s.Id, approver)).ToArray(), NpgsqlDbType.Text);
        return await command.ExecuteScalarAsync(cancellationToken) as long?
            ?? throw new InvalidOperationException("The erasure could not be appended to the log. Nothing was changed.");

        void Add<T>(T[] values, NpgsqlDbType type) => command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static string Data(ErasedStream stream, ErasureRequest request, string approver)
    {
        var data = EventTypes.Serialize(new PayloadErased
        {
            Positions = stream.Positions,
            Fields = request.Fields,
            TagsOf = stream.TagsOf.Count == 0 ? null : stream.TagsOf,
            LegalBasis = request.LegalBasis,
            Approvers = [request.RequestedBy, approver],
        });
        return EventPayload.TryParse(Encoding.UTF8.GetBytes(data), out _, out var problem)
            ? data
            : throw new InvalidOperationException($"The erasure of {stream.Id} cannot be written into the log: {problem} Nothing was changed.");
    }

    private static string Headers(string stream, string approver)
    {
        var (type, id) = Ids.OfStream(stream);
        return JsonSerializer.Serialize(new
        {
            recordedBy = approver,
            tags = new[] { $"{type}:{id}" },
            salt = JsonElement.Parse(SaltRecord.Generate().ToJson()),
            leaf = EventLeaf.SchemaVersion,
        });
    }

    /// <summary>What is to be erased.</summary>
    private sealed record Asked(HashSet<long> Positions, IReadOnlyList<string> Fields)
    {
        public HashSet<string> TagPrefixes { get; } = [.. Fields.Where(Eraser.TagPrefixes.ContainsKey).Select(f => Eraser.TagPrefixes[f])];
    }

    private sealed record StoredEvent(long Position, string Stream, long StreamVersion, string Data, string Headers, string? Correlation);

    /// <summary>An event as it is stored after the erasure.</summary>
    /// <param name="Event">The event.</param>
    /// <param name="Named">Whether the request names it.</param>
    /// <param name="LostTags">Whether its tags lost words.</param>
    private sealed record Left(StoredEvent Event, bool Named, bool LostTags)
    {
        public bool Changed => Named || LostTags;
    }

    /// <summary>A stream that lost something.</summary>
    private sealed record ErasedStream(string Id, long Version, IReadOnlyList<long> Positions, IReadOnlyList<long> TagsOf)
    {
        internal static ErasedStream Of(IGrouping<string, Left> events) => new(
            events.Key, events.First().Event.StreamVersion,
            [.. events.Where(e => e.Named).Select(e => e.Event.Position)], [.. events.Where(e => e.LostTags).Select(e => e.Event.Position)]);
    }

    /// <summary>The result of an erasure.</summary>
    /// <param name="Streams">The streams that lost values.</param>
    /// <param name="Position">The position of the last payload_erased event.</param>
    internal sealed record Erased(IReadOnlyList<string> Streams, long Position);
}
