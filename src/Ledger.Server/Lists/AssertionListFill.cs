using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Fills empty tables of the assertion lists from the log's streams. One reader, some folders and one writer work at once. One folder folds a stream
/// from its first event to its last, so a folder keeps the state of only one stream.
/// </summary>
internal sealed class AssertionListFill(AssertionListTables tables, bool isAlone)
{
    private const int BatchEvents = 500;

    /// <summary>The most batches that wait for a folder. They keep the folder busy and bound what is read ahead.</summary>
    private const int BatchesMax = 4;

    /// <summary>Rows are sent in pieces of about this size. At this size the fixed cost of a COPY no longer matters.</summary>
    private const int SendBytes = 1024 * 1024;

    /// <summary>Above this number of patches, those that have an end are written before the stream ends.</summary>
    private const int PatchesMax = 1_000;

    private readonly AssertionListTables _tables = tables;

    /// <summary>A folder that rests as long as it worked leaves processor time to the requests of a service, however the system schedules.</summary>
    private readonly bool _rests = !isAlone;
    private readonly Channel<CopyRows> _filled = Channel.CreateBounded<CopyRows>(2);

    /// <summary>Buffers of sent rows, to be filled again: buffers of their size are costly to allocate and to free.</summary>
    private readonly Dictionary<string, ConcurrentBag<CopyRows>> _sent = AssertionListTables.Names.ToDictionary(t => t, _ => new ConcurrentBag<CopyRows>(), StringComparer.Ordinal);

    internal async Task RunAsync(IAsyncEnumerable<StreamEvent> log, NpgsqlConnection connection, Action<long> report, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Folder[] folders = [.. Enumerable.Range(0, isAlone ? Environment.ProcessorCount : 1).Select(_ => new Folder(this))];
        var folding = FoldAsync(folders, stop.Token);
        Task[] all = [ReadAsync(log, folders, report, stop.Token), folding, WriteAsync(connection, stop.Token)];
        try
        {
            await foreach (var ended in Task.WhenEach(all))
            {
                await ended;        // The first that fails ends the others.
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadAsync(IAsyncEnumerable<StreamEvent> log, Folder[] folders, Action<long> report, CancellationToken cancellationToken)
    {
        var batches = folders.Select(_ => new List<StreamEvent>(BatchEvents)).ToArray();
        var taken = 0L;
        await foreach (var e in log.WithCancellation(cancellationToken))
        {
            var which = (int)((uint)string.GetHashCode(e.Stream, StringComparison.Ordinal) % (uint)folders.Length);
            batches[which].Add(e);
            if (batches[which].Count == BatchEvents)
            {
                await folders[which].Batches.Writer.WriteAsync(batches[which], cancellationToken);
                taken += BatchEvents;
                report(taken);
                batches[which] = new(BatchEvents);
            }
        }

        for (var i = 0; i < folders.Length; i++)
        {
            await folders[i].Batches.Writer.WriteAsync(batches[i], cancellationToken);
            folders[i].Batches.Writer.Complete();
        }
    }

    private async Task FoldAsync(Folder[] folders, CancellationToken cancellationToken)
    {
        await Task.WhenAll(folders.Select(f => Task.Run(() => f.RunAsync(cancellationToken), cancellationToken)));
        _filled.Writer.Complete();
    }

    private async Task WriteAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await foreach (var rows in _filled.Reader.ReadAllAsync(cancellationToken))
        {
            await rows.SendAsync(connection, cancellationToken);
            _sent[rows.Table].Add(rows);
        }
    }

    /// <summary>Folds its share of the streams, one after another, and makes their rows.</summary>
    private sealed class Folder(AssertionListFill fill)
    {
        private readonly Dictionary<string, CopyRows> _rows = [];
        private AssertionTimeline _timeline = new();
        private AssertionListRows _made = new();
        private string _stream = "";

        internal Channel<List<StreamEvent>> Batches { get; } = Channel.CreateBounded<List<StreamEvent>>(BatchesMax);

        internal async Task RunAsync(CancellationToken cancellationToken)
        {
            await foreach (var batch in Batches.Reader.ReadAllAsync(cancellationToken))
            {
                var began = Stopwatch.GetTimestamp();
                foreach (var e in batch)
                {
                    if (e.Stream != _stream)
                    {
                        EndStream();
                        _stream = e.Stream;
                    }

                    _made.Take(_timeline, new(e.Id, e.Stream, e.Version, e.Position, e.RecordedAt, "", null, EventTypes.Deserialize(e.Type, e.Data)));
                    Encode();
                }

                await SendAsync(cancellationToken);
                if (fill._rests)
                {
                    await Task.Delay(Stopwatch.GetElapsedTime(began), cancellationToken);
                }
            }

            EndStream();
            foreach (var rows in _rows.Values)
            {
                await fill._filled.Writer.WriteAsync(rows, cancellationToken);
            }
        }

        private void Encode()
        {
            var history = Rows("assertion_history");
            _made.History.ForEach(r => r.WriteHistory(history));
            _made.History.Clear();
            var contents = Rows("assertion_content");
            _made.Contents.ForEach(c => c.WriteTo(contents));
            _made.Contents.Clear();
            var terms = Rows("assertion_terms");
            _made.Terms.ForEach(t => t.WriteTo(terms));
            _made.Terms.Clear();
            if (_made.Patches.Count > PatchesMax)
            {
                var patches = Rows("assertion_patch");
                _made.TakeEnded().ForEach(r => r.WritePatch(patches));
            }
        }

        private async Task SendAsync(CancellationToken cancellationToken)
        {
            foreach (var (table, rows) in _rows)
            {
                if (rows.Length >= SendBytes)
                {
                    _rows.Remove(table);
                    await fill._filled.Writer.WriteAsync(rows, cancellationToken);
                }
            }
        }

        private void EndStream()
        {
            foreach (var row in _made.Current)
            {
                row.WriteState(Rows("assertion_current"));
            }

            var (patches, windows, folded) = (Rows("assertion_patch"), Rows("assertion_late"), Rows("assertion_folded"));
            _made.Patches.ForEach(r => r.WritePatch(patches));
            foreach (var late in _made.Late)
            {
                late.WriteWindow(windows);
                if (late.GivesUp)
                {
                    late.WriteFolded(folded);
                }
            }

            (_timeline, _made) = (new(), new());
        }

        private CopyRows Rows(string table) =>
            _rows.TryGetValue(table, out var rows) ? rows : _rows[table] = fill._sent[table].TryTake(out var sent) ? sent : fill._tables.Rows(table);
    }
}
