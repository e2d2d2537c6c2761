using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>Keeps the rows of the assertion lists on both axes: what the ledger said at a position, and what of it was known at a time.</summary>
internal sealed class AssertionListProjection(EventStore store, string schema = ReadModels.Schema) : IFilledByStream
{
    internal const string ProgressName = "AssertionList:V5:All";

    /// <summary>The start of the name of every stream that it folds.</summary>
    private const string StreamPrefix = "assertion-";

    /// <summary>The most assertions kept between pages, about 10 KB each. An assertion that is not kept is folded from its stream again.</summary>
    private const int TimelinesMax = 10_000;

    private readonly Dictionary<string, AssertionTimeline> _timelines = new(StringComparer.Ordinal);
    private readonly AssertionListTables _tables = new(schema);
    private readonly Dictionary<string, CopyRows> _rows = new(StringComparer.Ordinal);      // kept because their buffers are large

    public string Name => "AssertionList";

    public uint Version => 5;

    /// <summary>Every event of an assertion makes a row, even if this version does not know its type.</summary>
    public IReadOnlyCollection<Type> Folds => [];

    public IReadOnlyList<string> Tables => AssertionListTables.Names;

    public string TablesSql => _tables.CreateSql;

    public IReadOnlyList<string> Indexes => _tables.Indexes;

    public Task FillAsync(NpgsqlConnection connection, long toPosition, bool isAlone, Action<long> report, CancellationToken cancellationToken) =>
        new AssertionListFill(_tables, isAlone).RunAsync(store.ReadByStreamAsync(StreamPrefix, toPosition, cancellationToken), connection, report, cancellationToken);

    public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (_timelines.Count > TimelinesMax)
        {
            _timelines.Clear();
        }

        List<Recorded> assertions = [.. page.Where(e => e.StreamKey!.StartsWith(StreamPrefix, StringComparison.Ordinal)).Select(e => e.ToDomain())];
        var told = await RetellErasedAsync(assertions, connection, transaction, cancellationToken);
        await RecallAsync(told, cancellationToken);
        var rows = new AssertionListRows();
        foreach (var e in told)
        {
            rows.Take(_timelines[e.Stream], e);
        }

        await WriteAsync(rows, connection, transaction, cancellationToken);
    }

    private async Task WriteAsync(AssertionListRows rows, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var (history, current) = (Rows("assertion_history"), Rows("assertion_current"));
        var (terms, patches) = (Rows("assertion_terms"), Rows("assertion_patch"));
        rows.History.ForEach(r => r.WriteHistory(history));
        rows.Patches.ForEach(r => r.WritePatch(patches));
        var contents = Rows("assertion_content");
        rows.Contents.ForEach(c => c.WriteTo(contents));
        rows.Terms.ForEach(t => t.WriteTo(terms));
        foreach (var row in rows.Current)
        {
            row.WriteState(current);
        }

        // The current rows come first, as everywhere. Otherwise this write and a take-over that holds some of the tables could wait for each other.
        await _tables.ReplaceCurrentAsync(current, rows.Existing, connection, transaction, cancellationToken);
        await history.SendAsync(connection, cancellationToken);
        await contents.SendAsync(connection, cancellationToken);
        await terms.SendAsync(connection, cancellationToken);
        await _tables.PatchAsync(rows.Late, connection, transaction, cancellationToken);
        await patches.SendAsync(connection, cancellationToken);
    }

    private CopyRows Rows(string table)
    {
        if (!_rows.TryGetValue(table, out var rows))
        {
            _rows.Add(table, rows = _tables.Rows(table));
        }

        rows.Clear();   // Drops what a failed page left.
        return rows;
    }

    /// <summary>
    /// An erasure changed events that were projected before. The rows of its assertion are dropped and projected again from its first event.
    /// </summary>
    private async Task<List<Recorded>> RetellErasedAsync(
        List<Recorded> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var erased = page.Where(e => e.Event is PayloadErased).Select(e => e.Stream).ToHashSet(StringComparer.Ordinal);
        if (erased.Count == 0)
        {
            return page;
        }

        await _tables.ForgetAsync([.. erased.Select(s => Ids.OfStream(s).Id)], connection, transaction, cancellationToken);
        var told = page.Where(e => !erased.Contains(e.Stream)).ToList();
        foreach (var stream in erased)
        {
            _timelines.Remove(stream);
            told.AddRange((await store.ReadStreamAsync(stream, toPosition: page[^1].Position, cancellationToken: cancellationToken)).Select(e => e.ToDomain()));
        }

        return told;
    }

    /// <summary>
    /// Brings the timeline of every stream of a page to the state before its first event there. A page that failed is applied again: a kept timeline
    /// may then be ahead of it, and is rebuilt.
    /// </summary>
    private async Task RecallAsync(List<Recorded> page, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var first in page.DistinctBy(e => e.Stream))
        {
            if (!_timelines.TryGetValue(first.Stream, out var kept) || kept.State.Version != first.Version - 1)
            {
                _timelines[first.Stream] = new();
                if (first.Version > 1)
                {
                    missing.Add(first.Stream);
                }
            }
        }

        if (missing.Count > 0)
        {
            foreach (var before in await store.ReadStreamsAsync(missing, page[0].Position - 1, cancellationToken))
            {
                var timeline = _timelines[before.Stream];
                timeline.Advance(before.ToDomain());
                timeline.ForgetNew();
            }
        }
    }
}
