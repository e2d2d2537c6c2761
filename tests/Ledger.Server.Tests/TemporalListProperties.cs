using System.Globalization;
using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class TemporalListProperties
{
    private const int QueriesPerHistory = 12;

    /// <summary>Set LEDGER_TEMPORAL_HISTORIES to 2000 for the long form.</summary>
    private static readonly int Histories = int.Parse(Environment.GetEnvironmentVariable("LEDGER_TEMPORAL_HISTORIES") ?? "200", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_list_at_any_moment_on_both_axes_equals_a_fold_of_the_log()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var store = database.OpenStore();
        var states = new StreamStates(store);
        var (late, folded) = (0L, 0L);
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = new RandomHistory(seed);
            var before = await store.HeadAsync();
            await history.RecordAsync(store);
            var log = await ProjectAsync(store, history, before);
            for (var query = 0; query < QueriesPerHistory; query++)
            {
                await CompareAsync(store, states, history, log, $"seed {seed}, query {query}");
            }

            late += await CountAsync(store, "assertion_late");
            folded += await CountAsync(store, "assertion_folded");
            await EmptyAsync(store);
        }

        // If this fails, the generator no longer makes the cases that this test is about.
        late.ShouldBeGreaterThan(Histories);
        folded.ShouldBeGreaterThan(0);
    }

    private static async Task CompareAsync(EventStore store, StreamStates states, RandomHistory history, IReadOnlyList<Recorded> log, string which)
    {
        var position = history.Chance(0.3) ? log[^1].Position : history.Pick(log).Position;
        Interval? moment = history.Chance(0.15) ? null : new(history.Pick(log).Known.From, history.Pick(log).Known.To.AddMicroseconds(history.Random.Next(-1, 2)));
        var filter = Filter(history);
        var descending = history.Chance(0.5);
        var limit = history.Random.Next(1, 8);

        var expected = NaiveList.Read(log, position, moment?.To, filter, descending);
        var actual = new List<string>();
        ListCursor? cursor = null;
        do
        {
            var page = await new ListQuery(new(position, true, moment), filter, descending, limit, RestrictedNow.Nothing, cursor).RunAsync(store, states, CancellationToken.None);
            actual.AddRange(page.Select(r => r.Body));
            cursor = page.Count == limit ? ListCursor.Parse(new ListCursor(position, page[^1].Key, moment is null ? "" : page[^1].Id).ToString()) : null;
        }
        while (cursor is not null);
        actual.ShouldBe(expected, $"{which}: asOf {position}, knownAt {moment}, {filter}");
    }

    private static AssertionFilter Filter(RandomHistory history)
    {
        var all = AssertionFilter.All;
        return history.Random.Next(11) switch
        {
            0 => all with { Source = "report" },
            1 => all with { Publisher = "herald" },
            2 => all with { Label = history.Pick(StandingLabel.Precedence) },
            3 => all with { Lifecycle = history.Pick(["recorded", "corrected", "retracted"]) },
            4 => all with { Party = history.Pick(RandomHistory.Parties) },
            5 => all with { Topic = history.Pick(RandomHistory.AllTopics) },
            6 => all with { Flag = history.Pick([.. StandingFlags.All.Where(f => f is not (TextFlagProjection.Orphaned or TextFlagProjection.Changed))]) },
            7 => all with { Words = FullText.Words(history.Pick(RandomHistory.AllWords), history.Pick(RandomHistory.AllWords)) },
            8 => all with { ValidAt = StatedTime.Resolve(new($"2018-08-{history.Random.Next(1, 25):00}"), TimeZoneInfo.Utc)!.Interval },
            9 => all with { Label = "denied", Source = "decree", Words = FullText.Words(history.Pick(RandomHistory.AllWords)) },
            _ => all,
        };
    }

    /// <summary>Projects in pages of random length, sometimes with a projection whose memory is empty.</summary>
    private static async Task<IReadOnlyList<Recorded>> ProjectAsync(EventStore store, RandomHistory history, long after)
    {
        var projection = new AssertionListProjection(store);
        var log = new List<Recorded>();
        FeedPage page;
        do
        {
            page = await store.ReadFeedAsync(after, history.Random.Next(1, 80), FeedFilter.All);
            await using var connection = await store.DataSource.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await projection.ApplyAsync([.. page.Events.Select(AsMarten)], connection, transaction, CancellationToken.None);
            await transaction.CommitAsync();
            log.AddRange(page.Events.Select(e => e.ToDomain()));
            after = page.Next;
            projection = history.Chance(0.3) ? new(store) : projection;
        }
        while (after < page.Head);
        return log;
    }

    /// <summary>The event as Marten's daemon hands it to a read model.</summary>
    private static IEvent AsMarten(RecordedEvent e)
    {
        var data = e.ToDomain().Event;
        var wrapped = (IEvent)Activator.CreateInstance(typeof(Event<>).MakeGenericType(data.GetType()), data)!;
        (wrapped.Id, wrapped.StreamKey, wrapped.Version, wrapped.Sequence, wrapped.Timestamp) = (e.Id, e.Stream, e.Version, e.Position, e.RecordedAt);
        return wrapped;
    }

    private static async Task EmptyAsync(EventStore store)
    {
        await using var command = store.DataSource.CreateCommand($"truncate {string.Join(", ", AssertionListTables.Names.Select(t => "ledger_read." + t))}");
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(EventStore store, string table)
    {
        await using var command = store.DataSource.CreateCommand($"select count(*) from ledger_read.{table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
