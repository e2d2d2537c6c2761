using System.Diagnostics;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class ProjectionRunnerTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];
    private TestDatabase db = null!;
    private EventStore one = null!;
    private EventStore other = null!;

    public async Task InitializeAsync()
    {
        db = await TestDatabase.CreateAsync();
        one = db.OpenStore();
        other = db.OpenStore();
    }

    public async Task DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        await one.DisposeAsync();
        await other.DisposeAsync();
        await db.DisposeAsync();
        stop.Dispose();
    }

    [Fact]
    public async Task A_projection_catches_up_and_follows()
    {
        await one.AppendedAsync(Some.Request("a", events: 1_300));
        var runner = Start(one, new Counting());
        (await runner.WaitForAsync(1_300, Long)).ShouldBeTrue();
        await one.AppendedAsync(Some.Request("a"));
        await other.AppendedAsync(Some.Request("b", type: "from_the_future"));
        (await runner.WaitForAsync(1_302, Long)).ShouldBeTrue();
        runner.Status.ShouldBe(new("Counting:V1", ProjectionState.Running, 1_302, null, null));
        (await CountsAsync()).ShouldBe("a 1301, b 1");
        (await one.ReadProgressAsync("Counting:V1")).ShouldBe(1_302);
        (await runner.WaitForAsync(1_303, TimeSpan.FromMilliseconds(50))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_projection_sees_its_types_alone_and_its_checkpoint_passes_over_the_others()
    {
        await one.AppendedAsync(Some.Request("a", events: 700));
        await one.AppendedAsync(Some.Request("b", events: 3, type: "linked"));
        await one.AppendedAsync(Some.Request("a", events: 700));
        var runner = Start(one, new Counting { Types = new HashSet<string> { "linked" } });
        var watching = Start(other, new Counting { Types = new HashSet<string> { "linked" } });
        (await runner.WaitForAsync(1_403, Long)).ShouldBeTrue();
        (await watching.WaitForAsync(1_403, Long)).ShouldBeTrue();
        (await one.ReadProgressAsync("Counting:V1")).ShouldBe(1_403);
        for (var n = 0; n < 40; n++)
        {
            await one.AppendedAsync(Some.Request("a"));
            await other.AppendedAsync(Some.Request("b", type: n % 10 == 0 ? "linked" : "denied"));
        }

        (await runner.WaitForAsync(1_483, Long)).ShouldBeTrue();
        (await watching.WaitForAsync(1_483, Long)).ShouldBeTrue();
        (await CountsAsync()).ShouldBe("b 7");
    }

    [Fact]
    public async Task A_steady_stream_of_events_is_applied_in_few_pages()
    {
        var projection = new Counting();
        var runner = Start(one, projection);
        var began = Stopwatch.GetTimestamp();
        for (var n = 0; n < 30; n++)
        {
            await one.AppendedAsync(Some.Request("a", events: 260));
            await Task.Delay(60);
        }

        while (runner.Position < 7_800 && Stopwatch.GetElapsedTime(began) < Long)
        {
            await Task.Delay(10);   // Not by waiting for the position: that would end the rest.
        }

        (await CountsAsync()).ShouldBe("a 7800");
        // Five in two seconds; without a rest each append would have its own.
        projection.Pages.ShouldBeLessThanOrEqualTo((int)(Stopwatch.GetElapsedTime(began).TotalSeconds * 2.5) + 8);
    }

    [Fact]
    public async Task Rows_and_checkpoint_are_committed_together()
    {
        var projection = new Counting { FailOnceAt = 3 };
        await one.AppendedAsync(Some.Request("a", events: 5));
        var runner = Start(one, projection);
        (await runner.WaitForAsync(5, Long)).ShouldBeTrue();
        projection.Failed.ShouldBeTrue();
        (await CountsAsync()).ShouldBe("a 5");
    }

    [Fact]
    public async Task An_event_that_cannot_be_applied_stops_the_projection_where_it_stands()
    {
        await one.AppendedAsync(Some.Request("a", events: 6));
        var runner = Start(one, new Counting { PoisonAt = 4 });
        await running[0].WaitAsync(Long);
        runner.Status.ShouldSatisfyAllConditions(
            s => s.State.ShouldBe(ProjectionState.Stopped), s => s.Position.ShouldBe(3), s => s.FailedPosition.ShouldBe(4),
            s => s.LastError.ShouldBeOfType<InvalidDataException>());
        (await CountsAsync()).ShouldBe("a 3");

        var repaired = Start(other, new Counting());
        (await repaired.WaitForAsync(6, Long)).ShouldBeTrue();
        (await CountsAsync()).ShouldBe("a 6");
    }

    [Fact]
    public async Task Another_node_takes_over_when_the_holders_connection_dies_and_counts_nothing_twice()
    {
        var first = Start(one, new Counting());
        await one.AppendedAsync(Some.Request("a"));
        (await first.WaitForAsync(1, Long)).ShouldBeTrue();
        var second = Start(other, new Counting());
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
        (await first.WaitForAsync(201, Long)).ShouldBeTrue();
        (await second.WaitForAsync(201, Long)).ShouldBeTrue();
        (await CountsAsync()).ShouldBe("a 201");
        new[] { first, second }.Count(r => r.Status.State is ProjectionState.Running).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_node_in_standby_knows_how_far_the_other_has_come()
    {
        var leader = Start(one, new Counting());
        await one.AppendedAsync(Some.Request("a"));
        (await leader.WaitForAsync(1, Long)).ShouldBeTrue();
        var standby = Start(other, new Counting());
        await one.AppendedAsync(Some.Request("a"));
        (await standby.WaitForAsync(2, Long)).ShouldBeTrue();
        standby.Status.State.ShouldNotBe(ProjectionState.Running);
    }

    [Fact]
    public async Task A_projection_that_is_cancelled_gives_its_lease_back()
    {
        using var own = new CancellationTokenSource();
        var runner = new ProjectionRunner(one, new Counting());
        var run = runner.RunAsync(own.Token);
        await one.AppendedAsync(Some.Request("a"));
        (await runner.WaitForAsync(1, Long)).ShouldBeTrue();
        await own.CancelAsync();
        await run;
        runner.Status.State.ShouldBe(ProjectionState.Idle);
        await using var lease = await Lease.TryAcquireAsync(one.DataSource, "projection Counting:V1");
        lease.ShouldNotBeNull();
    }

    private ProjectionRunner Start(EventStore store, IProjection projection)
    {
        var runner = new ProjectionRunner(store, projection);
        running.Add(runner.RunAsync(stop.Token));
        return runner;
    }

    private Task<string> CountsAsync() => Some.ScalarAsync<string>(
        db.ServiceConnectionString,
        "select coalesce(string_agg(stream || ' ' || n, ', ' order by stream), '') from ledger_read.counting_v1");

    /// <summary>Counts events a stream: applying one twice, or skipping one, shows.</summary>
    private sealed class Counting : IProjection
    {
        public string Name => "Counting";

        public int Version => 1;

        public IReadOnlySet<string> Types { get; init; } = new HashSet<string>();

        public long PoisonAt { get; init; }

        public long FailOnceAt { get; init; }

        public bool Failed { get; private set; }

        public int Pages { get; private set; }

        public async Task PrepareAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            await using var create = new NpgsqlCommand(
                "create table if not exists ledger_read.counting_v1 (stream varchar primary key, n bigint)", connection, transaction);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        public async Task ApplyAsync(
            IReadOnlyList<RecordedEvent> page, NpgsqlConnection connection, NpgsqlTransaction transaction,
            CancellationToken cancellationToken)
        {
            Pages++;
            foreach (var e in page)
            {
                await using var count = new NpgsqlCommand(
                    "insert into ledger_read.counting_v1 as c values ($1, 1) on conflict (stream) do update set n = c.n + 1",
                    connection, transaction);
                count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = e.Stream });
                await count.ExecuteNonQueryAsync(cancellationToken);
                if (e.Position == PoisonAt)
                {
                    throw new InvalidDataException("poison");
                }

                if (e.Position == FailOnceAt && !Failed)
                {
                    Failed = true;
                    throw new TimeoutException("once");
                }
            }
        }
    }
}
