using System.Diagnostics;
using System.Globalization;
using Ledger.Domain;
using Ledger.Server;
using Ledger.Store;
using Ledger.Testing;
using Marten;

namespace Ledger.Benchmarks;

/// <summary>What reading one assertion costs by the store's own rows and by Marten's session, in turn, over the same streams.</summary>
internal static class ReadsBenchmark
{
    private const int Streams = 500;
    private const int EventsEach = 4;

    internal static async Task RunAsync(int rounds)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var store = database.OpenStore();
        await using var documents = MartenConfiguration.Open(store.DataSource, LedgerModel.Schema);
        await FillAsync(store);
        List<double> rows = [], marten = [];
        for (var round = 0; round <= rounds; round++)
        {
            var (own, theirs) = (await TimeAsync(i => OwnAsync(store, i)), await TimeAsync(i => MartenAsync(documents, i)));
            if (round > 0)      // The first warms both up.
            {
                rows.Add(own);
                marten.Add(theirs);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a stream of {EventsEach} events read and folded, medians of {rounds} rounds of {Streams}: rows {Median(rows):N3} ms, Marten's session {Median(marten):N3} ms, {Median(marten) / Median(rows):N2} times"));
    }

    private static async Task FillAsync(EventStore store)
    {
        var claim = new ClaimRecorded { Source = new("report", 1), Publisher = "gazette", Proposition = "It is so" };
        var denial = new DenialRecorded { Party = "ministry", Statement = "It is not" };
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => store.AppendAsync(new(
            [new(Stream(i), "assertion", 0, [.. Enumerable.Range(0, EventsEach).Select(n => Event(n == 0 ? claim : denial))])]))));
    }

    private static NewEvent Event(LedgerEvent e) => new(Guid.CreateVersion7(), EventTypes.NameOf(e), EventTypes.SerializeToUtf8(e), new() { RecordedBy = "benchmark" });

    private static string Stream(int i) => $"assertion-r{i}";

    private static async Task OwnAsync(EventStore store, int i) =>
        _ = Assertion.Fold((await store.ReadStreamAsync(Stream(i))).Select(e => e.ToDomain())).Version == EventsEach ? true : throw new InvalidOperationException("A read is wrong.");

    private static async Task MartenAsync(DocumentStore documents, int i)
    {
        await using var session = documents.QuerySession();
        _ = Assertion.Fold((await session.Events.FetchStreamAsync(Stream(i))).Select(e => e.ToDomain())).Version == EventsEach ? true : throw new InvalidOperationException("A read is wrong.");
    }

    /// <summary>Milliseconds a read.</summary>
    private static async Task<double> TimeAsync(Func<int, Task> read)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Streams; i++)
        {
            await read(i);
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds / Streams;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
