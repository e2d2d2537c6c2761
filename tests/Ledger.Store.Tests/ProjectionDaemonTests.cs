using System.Diagnostics;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Ledger.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class ProjectionDaemonTests : IAsyncLifetime
{
    private const string Name = "Counting:All";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly List<ProjectionDaemon> running = [];
    private TestDatabase db = null!;
    private EventStore one = null!;
    private EventStore other = null!;

    public async Task InitializeAsync()
    {
        db = await TestDatabase.CreateAsync();
        await Some.RunAsync(db.OwnerConnectionString, """
            set role ledger_owner; create table ledger_read.counting (stream varchar primary key, n bigint)
            """);
        one = db.OpenStore();
        other = db.OpenStore();
    }

    public async Task DisposeAsync()
    {
        foreach (var daemon in running)
        {
            await daemon.DisposeAsync();
        }

        await one.DisposeAsync();
        await other.DisposeAsync();
        await db.DisposeAsync();
    }

    [Fact]
    public async Task A_projection_catches_up_and_follows_also_over_events_of_unknown_types()
    {
        await one.AppendedAsync(Some.Request("a", events: 1_300));
        var daemon = await StartAsync(one, new Counting());
        (await daemon.WaitForAsync(Name, 1_300, Long)).ShouldBeTrue();
        await one.AppendedAsync(Some.Request("a"));
        await other.AppendedAsync(Some.Request("b", type: "from_the_future"));
        (await daemon.WaitForAsync(Name, 1_302, Long)).ShouldBeTrue();
        await other.AppendedAsync(Some.Request("b", type: "from_the_future"));
        (await daemon.WaitForAsync(Name, 1_303, Long)).ShouldBeTrue();
        daemon.StatusOf(Name).ShouldBe(new(Name, ProjectionState.Running, null, null));
        (await CountsAsync()).ShouldBe("a 1301, b 2");
        (await one.ReadProgressAsync(Name)).ShouldBe(1_303);
        (await daemon.WaitForAsync(Name, 1_304, TimeSpan.FromMilliseconds(50))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_projection_receives_only_its_event_types_and_its_progress_passes_over_the_others()
    {
        await one.AppendedAsync(Some.Request("a", events: 700));
        await one.AppendedAsync(Some.Request("b", events: 3, type: "linked"));
        await one.AppendedAsync(Some.Request("a", events: 700));
        var daemon = await StartAsync(one, new Counting { Folds = [typeof(Linked)] });
        var watching = await StartAsync(other, new Counting { Folds = [typeof(Linked)] });
        (await daemon.WaitForAsync(Name, 1_403, Long)).ShouldBeTrue();
        (await watching.WaitForAsync(Name, 1_403, Long)).ShouldBeTrue();
        (await one.ReadProgressAsync(Name)).ShouldBe(1_403);
        for (var n = 0; n < 40; n++)
        {
            await one.AppendedAsync(Some.Request("a"));
            await other.AppendedAsync(Some.Request("b", type: n % 10 == 0 ? "linked" : "denied"));
        }

        (await daemon.WaitForAsync(Name, 1_483, Long)).ShouldBeTrue();
        (await watching.WaitForAsync(Name, 1_483, Long)).ShouldBeTrue();
        (await CountsAsync()).ShouldBe("b 7");
    }

    [Fact]
    public async Task A_steady_stream_of_events_is_applied_in_few_pages()
    {
        var projection = new Counting();
        await StartAsync(one, projection);
        var began = Stopwatch.GetTimestamp();
        for (var n = 0; n < 30; n++)
        {
            await one.AppendedAsync(Some.Request("a", events: 260));
            await Task.Delay(60);
        }

        while (await one.ReadProgressAsync(Name) < 7_800 && Stopwatch.GetElapsedTime(began) < Long)
        {
            await Task.Delay(10);   // A wait for the position would end the pause between pages, so this polls instead.
        }

        (await CountsAsync()).ShouldBe("a 7800");
        // About five pages in two seconds. Without a pause between pages each append would get its own page.
        projection.Pages.ShouldBeLessThanOrEqualTo((int)(Stopwatch.GetElapsedTime(began).TotalSeconds * 2.5) + 8);
    }

    [Fact]
    public async Task Rows_and_progress_are_committed_together()
    {
        var projection = new Counting { FailOnceAt = 3 };
        await one.AppendedAsync(Some.Request("a", events: 5));
        var daemon = await StartAsync(one, projection);
        (await daemon.WaitForAsync(Name, 5, Long)).ShouldBeTrue();
        projection.Failed.ShouldBeTrue();
        (await CountsAsync()).ShouldBe("a 5");
    }

    [Fact]
    public async Task An_event_that_cannot_be_applied_stops_its_projection_visibly_and_no_other()
    {
        await one.AppendedAsync(Some.Request("a", events: 6));
        var daemon = await StartAsync(one, new Counting { PoisonAt = 4 }, new Watching());
        (await daemon.WaitForAsync("Watching:All", 6, Long)).ShouldBeTrue();
        await UntilAsync(() => daemon.StatusOf(Name).State == ProjectionState.Stopped);
        daemon.StatusOf(Name).ShouldSatisfyAllConditions(s => s.FailedPosition.ShouldBe(4), s => s.LastError.ShouldBeOfType<InvalidDataException>());
        (await one.ReadProgressAsync(Name)).ShouldBe(0);
        (await CountsAsync()).ShouldBe("");
        await one.AppendedAsync(Some.Request("a"));
        (await daemon.WaitForAsync("Watching:All", 7, Long)).ShouldBeTrue();
        await StopAsync(daemon);

        var repaired = await StartAsync(other, new Counting());
        (await repaired.WaitForAsync(Name, 7, Long)).ShouldBeTrue();
        (await CountsAsync()).ShouldBe("a 7");
    }

    [Fact]
    public async Task Another_node_takes_over_when_the_holders_connections_die_and_counts_nothing_twice()
    {
        var first = await StartAsync(one, new Counting());
        await one.AppendedAsync(Some.Request("a"));
        (await first.WaitForAsync(Name, 1, Long)).ShouldBeTrue();
        var second = await StartAsync(other, new Counting());
        var writing = Task.Run(async () =>
        {
            for (var n = 0; n < 200; n++)
            {
                await one.AppendedAsync(Some.Request("a"));
                await Task.Delay(5);
            }
        });

        for (var deaths = 0; deaths < 4; deaths++)
        {
            await Task.Delay(250);
            await Some.RunAsync(db.OwnerConnectionString, """
                select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
                where l.locktype = 'advisory' and d.datname = current_database()
                """);
        }

        await writing;
        (await first.WaitForAsync(Name, 201, Long)).ShouldBeTrue();
        (await second.WaitForAsync(Name, 201, Long)).ShouldBeTrue();
        (await CountsAsync()).ShouldBe("a 201");
    }

    [Fact]
    public async Task A_standby_node_knows_the_progress_of_the_active_node()
    {
        var leader = await StartAsync(one, new Counting());
        await one.AppendedAsync(Some.Request("a"));
        (await leader.WaitForAsync(Name, 1, Long)).ShouldBeTrue();
        var standby = await StartAsync(other, new Counting());
        await one.AppendedAsync(Some.Request("a"));
        (await standby.WaitForAsync(Name, 2, Long)).ShouldBeTrue();
        standby.StatusOf(Name).State.ShouldBe(ProjectionState.Standby);
        (await ProjectionDaemon.IsRunAnywhereAsync(one.DataSource, Name)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_that_stops_releases_its_projections()
    {
        var daemon = await StartAsync(one, new Counting());
        await one.AppendedAsync(Some.Request("a"));
        (await daemon.WaitForAsync(Name, 1, Long)).ShouldBeTrue();
        await StopAsync(daemon);
        // The server ends a session a moment after its connection was closed.
        var began = Stopwatch.GetTimestamp();
        while (await ProjectionDaemon.IsRunAnywhereAsync(one.DataSource, Name))
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Long);
            await Task.Delay(20);
        }
    }

    private async Task<ProjectionDaemon> StartAsync(EventStore store, params IReadModel[] models)
    {
        var daemon = new ProjectionDaemon(store, db.ServiceConnectionString, Model(models), NullLogger.Instance);
        running.Add(daemon);
        await daemon.StartAsync();
        return daemon;
    }

    private async Task StopAsync(ProjectionDaemon daemon)
    {
        running.Remove(daemon);
        await daemon.DisposeAsync();
    }

    private static LogModel Model(IReadModel[] models) => LogModel.Empty with
    {
        EventTypes = new Dictionary<string, Type> { ["claim_recorded"] = typeof(Claim), ["linked"] = typeof(Linked), ["denied"] = typeof(Denied) },
        ReadOther = (_, _) => new Unknown(),
        Configure = options => models.ToList().ForEach(m => options.Projections.Add(new ReadModelProjection(m), ProjectionLifecycle.Async)),
    };

    private static async Task UntilAsync(Func<bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Long);
            await Task.Delay(20);
        }
    }

    private Task<string> CountsAsync() => Some.ScalarAsync<string>(
        db.ServiceConnectionString, "select coalesce(string_agg(stream || ' ' || n, ', ' order by stream), '') from ledger_read.counting");

    private sealed record Claim(int N);

    private sealed record Linked(int N);

    private sealed record Denied(int N);

    private sealed record Unknown;

    /// <summary>Reads along and writes nothing.</summary>
    private sealed class Watching : IReadModel
    {
        public string Name => "Watching";

        public uint Version => 1;

        public IReadOnlyCollection<Type> Folds => [];

        public Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Counts the events of each stream, so that an event applied twice or skipped shows.</summary>
    private sealed class Counting : IReadModel
    {
        public string Name => "Counting";

        public uint Version => 1;

        public IReadOnlyCollection<Type> Folds { get; init; } = [];

        public long PoisonAt { get; init; }

        public long FailOnceAt { get; init; }

        public bool Failed { get; private set; }

        public int Pages { get; private set; }

        public async Task ApplyAsync(IReadOnlyList<IEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            Pages++;
            foreach (var e in page)
            {
                await using var count = new NpgsqlCommand(
                    "insert into ledger_read.counting as c values ($1, 1) on conflict (stream) do update set n = c.n + 1", connection, transaction);
                count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = e.StreamKey! });
                await count.ExecuteNonQueryAsync(cancellationToken);
                if (e.Sequence == PoisonAt)
                {
                    throw new InvalidDataException("poison");
                }

                if (e.Sequence == FailOnceAt && !Failed)
                {
                    Failed = true;
                    throw new TimeoutException("once");
                }
            }
        }
    }
}
