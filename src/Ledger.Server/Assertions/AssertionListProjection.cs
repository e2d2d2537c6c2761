using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>Keeps the rows of the assertion lists on both axes: what the ledger said at a position, and what of it was known at a time.</summary>
internal sealed class AssertionListProjection(EventStore store, string schema = ReadModels.Schema) : IRebuildable
{
    internal const string ProgressName = "AssertionList:V2";

    /// <summary>Assertions kept between pages; a colder one is folded from its stream again.</summary>
    private const int TimelinesMax = 50_000;

    private readonly Dictionary<string, AssertionTimeline> _timelines = new(StringComparer.Ordinal);
    private readonly AssertionListTables _tables = new(schema);

    public string Name => "AssertionList";

    public int Version => 2;

    /// <summary>Every event of an assertion makes a row, also one whose type this version does not know.</summary>
    public IReadOnlySet<string> Types { get; } = EventTypes.NamesOf();

    public IReadOnlyList<string> Tables => AssertionListTables.Names;

    public async Task PrepareAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await _tables.CreateAsync(connection, transaction, cancellationToken);
        await _tables.IndexAsync(connection, transaction, cancellationToken);
    }

    public Task CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        _tables.CreateAsync(connection, transaction, cancellationToken);

    public Task IndexAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        _tables.IndexAsync(connection, transaction, cancellationToken);

    public async Task ApplyAsync(IReadOnlyList<RecordedEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (_timelines.Count > TimelinesMax)
        {
            _timelines.Clear();
        }

        var rows = new PageRows();
        List<RecordedEvent> assertions = [.. page.Where(e => e.Stream.StartsWith("assertion-", StringComparison.Ordinal))];
        foreach (var e in await RetellErasedAsync(assertions, connection, transaction, cancellationToken))
        {
            var timeline = await TimelineBeforeAsync(e, cancellationToken);
            var was = timeline.Row;
            var wasKnownFrom = was is null ? default : timeline.KnownFrom;
            var late = timeline.Advance(e.ToDomain());
            if (timeline.Row is { } row)
            {
                rows.Move(was, wasKnownFrom, row, e.Position, timeline.KnownFrom);
            }

            if (late is not null)
            {
                rows.Patch(late, await SegmentsAsync(late, e, cancellationToken));
            }
        }

        await _tables.AddHistoryAsync(rows.History, connection, cancellationToken);
        await _tables.ReplaceCurrentAsync(rows.Current, rows.Existing, connection, transaction, cancellationToken);
        await _tables.PatchAsync(rows.Late, rows.Patches, connection, transaction, cancellationToken);
    }

    /// <summary>An erasure changed what was told before: the rows of its assertion are dropped, and told again from its first event.</summary>
    private async Task<List<RecordedEvent>> RetellErasedAsync(
        List<RecordedEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var erased = page.Where(e => e.Type == EventTypes.NameOf(typeof(PayloadErased))).Select(e => e.Stream).ToHashSet(StringComparer.Ordinal);
        if (erased.Count == 0)
        {
            return page;
        }

        await _tables.ForgetAsync([.. erased.Select(s => Ids.OfStream(s).Id)], connection, transaction, cancellationToken);
        var told = page.Where(e => !erased.Contains(e.Stream)).ToList();
        foreach (var stream in erased)
        {
            _timelines.Remove(stream);
            told.AddRange(await store.ReadStreamAsync(stream, toPosition: page[^1].Position, cancellationToken: cancellationToken));
        }

        return told;
    }

    /// <summary>What was known in each stretch that a late event touches: a fold of the events that count there.</summary>
    private async Task<IReadOnlyList<TemporalRow>> SegmentsAsync(LateEvent late, RecordedEvent e, CancellationToken cancellationToken)
    {
        if (late.Segments.Count == 0)
        {
            return [];
        }

        var events = (await store.ReadStreamAsync(e.Stream, toVersion: e.Version, cancellationToken: cancellationToken)).Select(x => x.ToDomain()).ToList();
        return
        [
            .. from segment in late.Segments
               let state = Assertion.Fold(events.Where(x => x.Known.To <= segment.From))
               select new TemporalRow(AssertionRow.Of(state)!, e.Position, null, segment.From, segment.To),
        ];
    }

    private async Task<AssertionTimeline> TimelineBeforeAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        // A page that failed is applied again: what is kept may be ahead of it, and is then built anew.
        if (_timelines.TryGetValue(e.Stream, out var kept) && kept.State.Version == e.Version - 1)
        {
            return kept;
        }

        var timeline = new AssertionTimeline();
        if (e.Version > 1)
        {
            foreach (var before in await store.ReadStreamAsync(e.Stream, toVersion: e.Version - 1, cancellationToken: cancellationToken))
            {
                timeline.Advance(before.ToDomain());
            }
        }

        return _timelines[e.Stream] = timeline;
    }

    /// <summary>What one page of the log writes.</summary>
    private sealed class PageRows
    {
        private readonly Dictionary<string, TemporalRow> _current = new(StringComparer.Ordinal);
        private readonly HashSet<string> _existing = new(StringComparer.Ordinal);
        private readonly List<TemporalRow> _patches = [];

        internal List<TemporalRow> History { get; } = [];

        internal List<LateEvent> Late { get; } = [];

        internal IReadOnlyCollection<TemporalRow> Current => _current.Values;

        internal IReadOnlyCollection<TemporalRow> Patches => _patches;

        /// <summary>The assertions that had a current row before this page.</summary>
        internal string[] Existing => [.. _existing];

        internal void Move(AssertionRow? was, DateTimeOffset wasKnownFrom, AssertionRow row, long position, DateTimeOffset knownFrom)
        {
            if (was is not null)
            {
                History.Add(new(was, was.FromPosition, position, wasKnownFrom, knownFrom));
                if (!_current.ContainsKey(row.Id))
                {
                    _existing.Add(row.Id);
                }
            }

            _current[row.Id] = new(row, position, null, knownFrom, null);
        }

        internal void Patch(LateEvent late, IReadOnlyList<TemporalRow> segments)
        {
            Late.Add(late);
            for (var i = 0; i < _patches.Count; i++)
            {
                if (_patches[i] is { ToPosition: null } open && open.Row.Id == late.Id && (late.GivesUp || open.KnownTo > late.Known))
                {
                    _patches[i] = open with { ToPosition = late.Position };
                }
            }

            _patches.AddRange(segments);
        }
    }
}
