using System.Diagnostics;
using Ledger.Testing;

namespace Ledger.Store.Tests;

public sealed class WaitTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private TestDatabase db = null!;
    private EventStore writer = null!;
    private EventStore reader = null!;

    public async Task InitializeAsync()
    {
        db = await TestDatabase.CreateAsync();
        writer = db.OpenStore();
        reader = db.OpenStore();
    }

    public async Task DisposeAsync()
    {
        await writer.DisposeAsync();
        await reader.DisposeAsync();
        await db.DisposeAsync();
    }

    [Fact]
    public async Task A_wait_on_another_node_wakes_by_notification_long_before_the_poll()
    {
        await reader.WaitForAsync(0, TimeSpan.FromMilliseconds(500));
        List<double> delaysMs = [];
        for (var n = 0; n < 7; n++)
        {
            var waiting = reader.WaitForAsync(n, Long);
            await Task.Delay(50);
            waiting.IsCompleted.ShouldBeFalse();
            await writer.AppendedAsync(Some.Request("s"));
            var began = Stopwatch.GetTimestamp();
            (await waiting).ShouldBe(n + 1);
            delaysMs.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        // Polling alone would take half a second on average.
        delaysMs.Order().ElementAt(3).ShouldBeLessThan(250);
    }

    [Fact]
    public async Task A_wait_times_out_and_returns_the_head()
    {
        await writer.AppendedAsync(Some.Request("s", events: 3));
        (await reader.WaitForAsync(2, Long)).ShouldBe(3);
        (await reader.WaitForAsync(3, TimeSpan.FromMilliseconds(100))).ShouldBe(3);
    }

    [Fact]
    public async Task A_wait_is_cancelled_by_its_caller()
    {
        using var impatient = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(reader.WaitForAsync(0, Long, impatient.Token));
    }

    [Fact]
    public async Task The_listener_survives_the_loss_of_its_connection()
    {
        await reader.WaitForAsync(0, TimeSpan.FromMilliseconds(200));
        await Some.RunAsync(db.OwnerConnectionString, """
            select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            """);
        var waiting = reader.WaitForAsync(0, Long);
        await writer.AppendedAsync(Some.Request("s"));
        (await waiting).ShouldBe(1);
    }
}
