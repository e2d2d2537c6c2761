using System.Text.Json;
using JasperFx.Events;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Store;

/// <summary>
/// The log as the projections of one node read it. They follow it side by side, so a page is read once and kept until the next ones take its place;
/// an event is deserialized when the first projection asks for it. One that is far behind reads its own event types alone.
/// </summary>
public sealed class LogPages
{
    /// <summary>Pages that are kept. Projections that follow the log are at most a page or two apart.</summary>
    private const int KeptMax = 3;

    private const string Columns = "e.seq_id, e.id, e.stream_id, e.version, e.type, e.data::text, e.timestamp, e.headers->>'traceparent'";

    private readonly NpgsqlDataSource dataSource;
    private readonly LogModel model;
    private readonly IEventRegistry registry;
    private readonly ILookup<Type, string> namesOf;
    private readonly Lock gate = new();
    private readonly List<Page> kept = [];

    internal LogPages(NpgsqlDataSource dataSource, LogModel model, IEventRegistry registry)
    {
        (this.dataSource, this.model, this.registry) = (dataSource, model, registry);
        namesOf = model.EventTypes.Concat(model.OlderShapes).ToLookup(e => e.Value, e => e.Key);
    }

    /// <summary>Reads the next page behind a position.</summary>
    /// <param name="after">The page begins behind this position.</param>
    /// <param name="head">And ends with this one at the latest. It is committed, and all before it are.</param>
    /// <param name="folds">The event types wanted; empty: all, those included that this version does not know.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>The events in the order of their positions, and the position up to which there are no others.</returns>
    /// <exception cref="InvalidDataException">An event is not what its type says.</exception>
    /// <exception cref="StoreUnavailableException">The database was away in every attempt.</exception>
    public async Task<(IReadOnlyList<IEvent> Events, long Ceiling)> ReadAsync(
        long after, long head, IReadOnlyCollection<Type> folds, CancellationToken cancellationToken = default)
    {
        HashSet<string>? wanted = folds.Count == 0 ? null : [.. folds.SelectMany(type => namesOf[type])];
        if (wanted is not null && head - after > KeptMax * ReadModelProjection.PageMax)
        {
            var own = await QueryAsync(after, head, [.. wanted], cancellationToken);
            return ([.. own.Select(e => e.Read(this))], own.Length == ReadModelProjection.PageMax ? own[^1].Position : head);
        }

        var page = Keep(after, Math.Min(head, after + ReadModelProjection.PageMax));
        var ceiling = Math.Min(head, page.To);
        var events = await page.Events.WaitAsync(cancellationToken);
        return ([.. events.Where(e => e.Position > after && e.Position <= ceiling && wanted?.Contains(e.Type) != false).Select(e => e.Read(this))], ceiling);
    }

    /// <summary>The page that holds what follows a position. Whoever asks first reads it; a failure is everybody's who waits, and the next one reads anew.</summary>
    private Page Keep(long after, long to)
    {
        lock (gate)
        {
            kept.RemoveAll(p => p.Events.IsFaulted);
            if (kept.Find(p => p.After <= after && after < p.To) is { } there)
            {
                return there;
            }

            // Not cancellable by one of those who wait: it is bounded by its size, and by the time that a command may take.
            var page = new Page(after, to, Task.Run(() => QueryAsync(after, to, null, CancellationToken.None)));
            kept.Add(page);
            if (kept.Count > KeptMax)
            {
                kept.RemoveAt(0);
            }

            return page;
        }
    }

    private Task<Loaded[]> QueryAsync(long after, long to, string[]? types, CancellationToken cancellationToken) => ReadAttempts.RunAsync(
        async () =>
        {
            await using var command = dataSource.CreateCommand(
                $"select {Columns} from ledger.mt_events e where e.seq_id > $1 and e.seq_id <= $2{(types is null ? "" : " and e.type = any($4)")} order by e.seq_id limit $3");
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ReadModelProjection.PageMax });
            if (types is not null)
            {
                command.Parameters.Add(new() { Value = types, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
            }

            var events = new List<Loaded>();
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                events.Add(new(row));
            }

            return events.ToArray();
        },
        cancellationToken);

    private object Deserialize(string type, byte[] data)
    {
        if (model.EventTypes.TryGetValue(type, out var known))
        {
            return JsonSerializer.Deserialize(data, known, model.Json)!;
        }

        if (model.ReadOther is null)
        {
            throw new InvalidDataException($"The type {type} is not known.");
        }

        using var document = JsonDocument.Parse(data);
        return model.ReadOther(type, document);
    }

    private sealed record Page(long After, long To, Task<Loaded[]> Events);

    /// <summary>An event of a page. What two projections make of it at once is the same.</summary>
    private sealed class Loaded(NpgsqlDataReader row)
    {
        private readonly Guid id = row.GetGuid(1);
        private readonly string stream = row.GetString(2);
        private readonly long version = row.GetInt64(3);
        private readonly byte[] data = row.GetFieldValue<byte[]>(5);
        private readonly DateTimeOffset recordedAt = row.GetFieldValue<DateTimeOffset>(6);
        private readonly string? trace = row.IsDBNull(7) ? null : row.GetString(7);
        private volatile IEvent? read;

        internal long Position { get; } = row.GetInt64(0);

        internal string Type { get; } = row.GetString(4);

        internal IEvent Read(LogPages pages)
        {
            if (read is { } already)
            {
                return already;
            }

            try
            {
                var e = pages.registry.BuildEvent(pages.Deserialize(Type, data));
                (e.Id, e.Sequence, e.StreamKey, e.Version, e.Timestamp, e.EventTypeName) = (id, Position, stream, version, recordedAt, Type);
                if (trace is not null)
                {
                    e.Headers = new() { [StoredHeaders.TraceParent] = trace };
                }

                return read = e;
            }
            catch (Exception failure) when (failure is JsonException or NotSupportedException or InvalidDataException or InvalidOperationException)
            {
                throw new InvalidDataException($"The event at position {Position} is not what its type {Type} says: {failure.Message}", failure);
            }
        }
    }
}
