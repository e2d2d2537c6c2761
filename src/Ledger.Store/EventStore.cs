using Npgsql;
using NpgsqlTypes;

namespace Ledger.Store;

/// <summary>The log as one node sees it. A node has one instance, which owns the data source that it is given.</summary>
/// <remarks>Reads are retried, except for <see cref="ReadByStreamAsync"/>. They throw <see cref="StoreUnavailableException"/> when every attempt
/// fails.</remarks>
public sealed class EventStore : IAsyncDisposable
{
    /// <summary>The greatest number of events in a page of the feed.</summary>
    public const int FeedPageMax = FeedQuery.PageMax;

    /// <summary>The greatest number of positions that one call of <see cref="ReadFeedAsync"/> examines.</summary>
    public const int FeedScanMax = FeedQuery.ScanMax;

    /// <summary>The number of a stream's events that one query fetches.</summary>
    private const int StreamPageMax = 1_000;

    private readonly PositionSignal head;
    private readonly LogTail tail;
    private readonly BatchDecision decision;
    private readonly HeadListener listener;
    private readonly Appender appender;

    /// <summary>Opens the store. Connections are made when they are needed.</summary>
    /// <param name="dataSource">Made by <see cref="ServiceDataSource.Create"/>.</param>
    /// <param name="timeProvider">The clock for waits and durations. Recorded times come from the database.</param>
    public EventStore(NpgsqlDataSource dataSource, TimeProvider? timeProvider = null)
    {
        var time = timeProvider ?? TimeProvider.System;
        DataSource = dataSource;
        TimeProvider = time;
        head = new(time);
        tail = new(dataSource, time);
        listener = new(dataSource, head, time);
        decision = new(dataSource, head, time);
        appender = new(decision);
    }

    /// <summary>The pooled connections, for reads that the store does not offer.</summary>
    public NpgsqlDataSource DataSource { get; }

    internal TimeProvider TimeProvider { get; }

    /// <summary>
    /// Appends events. The request is queued before this method returns its task. So the requests of one thread are decided in the order
    /// of its calls, and a request may expect the version that the request before it makes.
    /// </summary>
    /// <exception cref="ArgumentException">The request asks for nothing, names a stream twice, or exceeds a bound on events or headers.</exception>
    /// <exception cref="StoreUnavailableException">The database cannot be reached, or the queue is full.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting; the append may still happen.</exception>
    /// <exception cref="PostgresException">The database cannot store this request (text that holds NUL, an id in use).</exception>
    public Task<AppendResult> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        AppendRequestCheck.Demand(request);
        return appender.Enqueue(request, cancellationToken);
    }

    /// <summary>What a principal's key was used for; null when it was not used.</summary>
    public Task<RememberedAnswer?> FindAnswerAsync(string principal, string key, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync(
            () => AnswerQuery.ReadAsync(DataSource, principal, key, cancellationToken), cancellationToken);

    /// <summary>Those of a principal's given keys that were used.</summary>
    public Task<IReadOnlySet<string>> FindKeysAsync(string principal, IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync(
            () => AnswerQuery.ReadUsedAsync(DataSource, principal, keys, cancellationToken), cancellationToken);

    /// <summary>What a principal's given keys were used for. Keys that were not used are missing from the result.</summary>
    public Task<IReadOnlyDictionary<string, KeyUse>> FindUsesAsync(string principal, IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync(
            () => AnswerQuery.ReadUsesAsync(DataSource, principal, keys, cancellationToken), cancellationToken);

    /// <summary>A stream's events in order; empty for an unknown stream.</summary>
    /// <param name="stream">The stream's id.</param>
    /// <param name="afterVersion">Only events after this version.</param>
    /// <param name="toVersion">Only events up to this version; null means all.</param>
    /// <param name="toPosition">Only events up to this log position; null means all.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async Task<IReadOnlyList<RecordedEvent>> ReadStreamAsync(
        string stream, long afterVersion = 0, long? toVersion = null, long? toPosition = null,
        CancellationToken cancellationToken = default)
    {
        List<RecordedEvent> events = [];
        List<RecordedEvent> page;
        do
        {
            var after = events is [.., var last] ? last.Version : afterVersion;
            page = await ReadAttempts.RunAsync(
                () => ReadStreamPageAsync(stream, after, toVersion ?? long.MaxValue, toPosition ?? long.MaxValue, cancellationToken),
                cancellationToken);
            events.AddRange(page);
        }
        while (page.Count == StreamPageMax);
        return events;
    }

    /// <summary>The events of several streams, each stream's in order. One query reads them all.</summary>
    /// <param name="streams">The streams' ids; unknown ones have no events.</param>
    /// <param name="toPosition">Only events up to this log position; null means all.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public Task<IReadOnlyList<RecordedEvent>> ReadStreamsAsync(
        IReadOnlyCollection<string> streams, long? toPosition = null, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync<IReadOnlyList<RecordedEvent>>(
            async () =>
            {
                // The offset makes PostgreSQL read stream by stream and test the position afterwards. Without it, in a log that has no statistics yet
                // (as during a first import), PostgreSQL scanned the index of positions up to the last one, once for each stream.
                await using var command = DataSource.CreateCommand($"""
                    select {EventRows.Columns} from unnest($1) s(id) cross join lateral (
                      select * from ledger.mt_events e where e.stream_id = s.id order by e.version offset 0) e
                    where e.seq_id <= $2 order by e.stream_id, e.version
                    """);
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. streams.Distinct(StringComparer.Ordinal)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = toPosition ?? long.MaxValue });
                return await EventRows.ReadAllAsync(command, cancellationToken);
            },
            cancellationToken);

    /// <summary>The events at the given positions, in order. A position without an event gives none.</summary>
    public Task<IReadOnlyList<RecordedEvent>> ReadEventsAsync(IReadOnlyCollection<long> positions, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync<IReadOnlyList<RecordedEvent>>(
            async () =>
            {
                await using var command = DataSource.CreateCommand($"select {EventRows.Columns} from ledger.mt_events e where e.seq_id = any($1) order by e.seq_id");
                command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. positions] });
                return await EventRows.ReadAllAsync(command, cancellationToken);
            },
            cancellationToken);

    /// <summary>The events of a range of positions, both ends included, in order. A position without an event gives none.</summary>
    public Task<IReadOnlyList<RecordedEvent>> ReadEventsAsync(long from, long to, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync<IReadOnlyList<RecordedEvent>>(
            async () =>
            {
                await using var command = DataSource.CreateCommand($"select {EventRows.Columns} from ledger.mt_events e where e.seq_id between $1 and $2 order by e.seq_id");
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
                return await EventRows.ReadAllAsync(command, cancellationToken);
            },
            cancellationToken);

    /// <summary>
    /// Every event of the streams whose ids begin with a prefix, stream after stream, each stream's in order. This order lets a projection be rebuilt
    /// without keeping the states of all streams. It is one query over one snapshot, and is not retried when its connection is lost.
    /// </summary>
    /// <param name="prefix">The prefix of the streams' ids, without wildcards.</param>
    /// <param name="toPosition">Only events up to this log position.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public IAsyncEnumerable<StreamEvent> ReadByStreamAsync(string prefix, long toPosition, CancellationToken cancellationToken = default) =>
        StreamQuery.ReadAsync(DataSource, prefix, toPosition, cancellationToken);

    /// <summary>The event with an id; null where there is none.</summary>
    public Task<RecordedEvent?> ReadEventAsync(Guid id, CancellationToken cancellationToken = default) =>
        ReadOneAsync("e.id = $1", new NpgsqlParameter<Guid> { TypedValue = id }, cancellationToken);

    /// <summary>The event at a position; null where there is none.</summary>
    public Task<RecordedEvent?> ReadEventAsync(long position, CancellationToken cancellationToken = default) =>
        ReadOneAsync("e.seq_id = $1", new NpgsqlParameter<long> { TypedValue = position }, cancellationToken);

    /// <summary>
    /// The events after a position that pass the filter. One call examines at most <see cref="FeedScanMax"/> positions. To read all events, call
    /// again with <see cref="FeedPage.Next"/> until it has reached <see cref="FeedPage.Head"/>.
    /// </summary>
    /// <param name="after">The cursor: 0, or the last page's <see cref="FeedPage.Next"/>.</param>
    /// <param name="limit">1 to <see cref="FeedPageMax"/> events.</param>
    /// <param name="filter">Which events to show.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cursor is negative, the limit is out of range, or the filter has too many tag groups.</exception>
    public Task<FeedPage> ReadFeedAsync(long after, int limit, FeedFilter filter, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync(() => FeedQuery.ReadAsync(DataSource, after, limit, filter, cancellationToken), cancellationToken);

    /// <summary>
    /// The feed for followers that read near the head of the log. Each node reads new events once and shares them with all its followers, so a page
    /// may lag the head by the duration of one read. An empty page whose <see cref="FeedPage.Next"/> has not moved means that the follower must wait.
    /// </summary>
    /// <param name="after">The cursor: 0, or the last page's <see cref="FeedPage.Next"/>.</param>
    /// <param name="limit">The greatest number of events in the page. A page may have fewer, even where more exist.</param>
    /// <param name="types">The stored types to show; empty shows all.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public Task<FeedPage> FollowAsync(long after, int limit, IReadOnlySet<string> types, CancellationToken cancellationToken = default) =>
        ReadAttempts.RunAsync(() => tail.ReadAsync(after, limit, types, cancellationToken), cancellationToken);

    /// <summary>Drops the events that are cached for followers. It is called after an erasure changed stored events.</summary>
    public void ForgetTail() => tail.Forget();

    /// <summary>The last log position that this node knows of.</summary>
    internal long KnownHead => head.Position;

    /// <summary>The last log position; 0 for an empty log.</summary>
    public async Task<long> HeadAsync(CancellationToken cancellationToken = default)
    {
        var position = await ReadScalarAsync<long>("select coalesce(max(seq_id), 0) from ledger.mt_events", null, cancellationToken);
        head.Advance(position);
        return position;
    }

    /// <summary>
    /// The log position of the last event recorded at or before a moment; 0 when there is none. The answer never changes, as
    /// long as the database's clock is not set back. Null when the moment has not yet passed by that clock, because no answer
    /// would be final.
    /// </summary>
    public Task<long?> ResolveAsync(DateTimeOffset at, CancellationToken cancellationToken = default) =>
        ReadScalarAsync<long?>(
            "select ledger.resolve_position($1)",
            new NpgsqlParameter<DateTimeOffset> { TypedValue = at.ToUniversalTime() },
            cancellationToken);

    /// <summary>Waits until the log has grown beyond a position or the timeout is over. Returns the newest known head.</summary>
    public async Task<long> WaitForAsync(long beyondPosition, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        listener.EnsureStarted();
        await head.WaitBeyondAsync(beyondPosition, timeout, cancellationToken);
        return head.Position;
    }

    /// <summary>A projection's checkpoint, 0 when it has none.</summary>
    /// <param name="name">Its name in <c>mt_event_progression</c>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public Task<long> ReadProgressAsync(string name, CancellationToken cancellationToken = default) =>
        ReadScalarAsync<long>(
            "select coalesce((select last_seq_id from ledger.mt_event_progression where name = $1), 0)",
            new NpgsqlParameter<string> { TypedValue = name }, cancellationToken);

    /// <summary>Stops the appender, which first appends what is queued, and closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await appender.DisposeAsync();
        await decision.DisposeAsync();
        await listener.DisposeAsync();
        await DataSource.DisposeAsync();
    }

    private async Task<List<RecordedEvent>> ReadStreamPageAsync(
        string stream, long afterVersion, long toVersion, long toPosition, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand($"""
            select {EventRows.Columns} from ledger.mt_events e
            where e.stream_id = $1 and e.version > $2 and e.version <= $3 and e.seq_id <= $4
            order by e.version limit {StreamPageMax}
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream, NpgsqlDbType = NpgsqlDbType.Varchar });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterVersion });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = toVersion });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = toPosition });
        return await EventRows.ReadAllAsync(command, cancellationToken);
    }

    private Task<RecordedEvent?> ReadOneAsync(string condition, NpgsqlParameter value, CancellationToken cancellationToken) =>
        ReadAttempts.RunAsync(
            async () =>
            {
                await using var command = DataSource.CreateCommand($"select {EventRows.Columns} from ledger.mt_events e where {condition}");
                command.Parameters.Add(value.Clone());
                return (await EventRows.ReadAllAsync(command, cancellationToken)) is [var single] ? single : null;
            },
            cancellationToken);

    private Task<T?> ReadScalarAsync<T>(string sql, NpgsqlParameter? value, CancellationToken cancellationToken) =>
        ReadAttempts.RunAsync(
            async () =>
            {
                await using var command = DataSource.CreateCommand(sql);
                if (value is not null)
                {
                    command.Parameters.Add(value.Clone());
                }

                return await command.ExecuteScalarAsync(cancellationToken) is T found ? found : default;
            },
            cancellationToken);
}
