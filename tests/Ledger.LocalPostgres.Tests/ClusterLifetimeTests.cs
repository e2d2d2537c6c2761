using System.Diagnostics;
using Npgsql;

namespace Ledger.LocalPostgres.Tests;

public sealed class ClusterLifetimeTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_cluster_keeps_its_data_from_one_start_to_the_next()
    {
        await using (var first = await _directory.StartAsync())
            await first.KeepAsync("from the first start");

        await using var second = await _directory.StartAsync();
        (await second.NoteAsync()).ShouldBe("from the first start");
    }

    [LinuxFact]
    public async Task Disposing_ends_the_server_and_every_process_around_it()
    {
        var cluster = await _directory.StartAsync();
        Processes.With(_directory.Data).ShouldContain(cluster.ProcessId);

        await cluster.DisposeAsync();
        await cluster.DisposeAsync();

        await Processes.UntilAsync(() => Task.FromResult(Processes.With(_directory.Data).Count == 0), "something still runs");
        (await File.ReadAllTextAsync(ClusterPlace.Of(_directory.Data).Log)).ShouldContain("received fast shutdown request");
    }

    [LinuxFact]
    public async Task A_server_that_is_killed_starts_again_on_the_same_port_with_its_data()
    {
        await using var cluster = await _directory.StartAsync();
        var killed = cluster.ProcessId;
        await cluster.KeepAsync("before the kill");

        Processes.Kill(killed);

        await Processes.UntilAsync(async () => cluster.ProcessId != killed && await AnswersAsync(cluster), "the server did not come back");
        (await cluster.NoteAsync()).ShouldBe("before the kill");
    }

    [LinuxFact]
    public async Task A_server_stops_when_its_owner_is_killed()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);
        Processes.IsAlive(owner.ServerProcessId).ShouldBeTrue();

        owner.Kill();

        await Processes.UntilGoneAsync(owner.ServerProcessId);
        File.Exists(ClusterPlace.Of(_directory.Data).PostmasterFile).ShouldBeFalse("the shutdown was not an orderly one");
    }

    [LinuxFact]
    public async Task A_server_stops_in_order_when_its_owners_whole_process_tree_is_killed()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);

        owner.Kill(entireProcessTree: true);

        await Processes.UntilGoneAsync(owner.ServerProcessId);
        File.Exists(ClusterPlace.Of(_directory.Data).PostmasterFile).ShouldBeFalse("the shutdown was not an orderly one");
    }

    [LinuxFact]
    public async Task A_Ctrl_C_for_the_owner_reaches_neither_the_server_nor_its_supervisor()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);

        var around = Processes.With(_directory.Data, "supervise");
        around.ShouldNotBeEmpty();
        foreach (var process in around.Append(owner.ServerProcessId))
            Processes.GroupOf(process).ShouldNotBe(Processes.GroupOf(owner.Id));
    }

    [LinuxFact]
    public async Task The_next_start_waits_for_the_server_of_an_owner_that_was_just_killed()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);
        owner.Kill();

        await using var next = await _directory.StartAsync();

        Processes.IsAlive(owner.ServerProcessId).ShouldBeFalse();
        (await next.QueryAsync("select 1")).ShouldBe(1);
    }

    [LinuxFact]
    public async Task The_next_start_stops_a_server_that_lost_its_owner_and_its_supervisor()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);
        Abandon(owner);
        Processes.IsAlive(owner.ServerProcessId).ShouldBeTrue();

        await using var next = await _directory.StartAsync();

        Processes.IsAlive(owner.ServerProcessId).ShouldBeFalse();
        _directory.Said.ShouldContain(line => line.StartsWith("Stopped the PostgreSQL that a killed owner", StringComparison.Ordinal));
        (await next.QueryAsync("select 1")).ShouldBe(1);
    }

    [LinuxFact]
    public async Task The_next_start_recovers_what_was_committed_when_everything_was_killed()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);
        await using (var attached = await LocalCluster.TryAttachAsync(_directory.Data, CancellationToken.None))
            await attached.ShouldNotBeNull().KeepAsync("committed");
        Abandon(owner);
        Processes.Kill(owner.ServerProcessId);
        File.Exists(ClusterPlace.Of(_directory.Data).PostmasterFile).ShouldBeTrue("the stop was not unclean");

        await using var next = await _directory.StartAsync();

        (await next.NoteAsync()).ShouldBe("committed");
    }

    [LinuxFact]
    public async Task A_stale_postmaster_file_with_the_id_of_an_unrelated_process_does_not_prevent_a_start()
    {
        await (await _directory.StartAsync()).DisposeAsync();
        var place = ClusterPlace.Of(_directory.Data);
        var account = await ServerAccount.ForAsync(place.Data, CancellationToken.None);
        using var stranger = Process.Start(account.Command("sleep", "60"))!;
        try
        {
            await File.WriteAllTextAsync(
                place.PostmasterFile, $"{stranger.Id}\n{place.Data}\n1700000000\n5432\n\n127.0.0.1\n  1  1\nready   \n");

            await using var cluster = await _directory.StartAsync();

            (await cluster.QueryAsync("select 1")).ShouldBe(1);
            stranger.HasExited.ShouldBeFalse();
        }
        finally
        {
            stranger.Kill();
        }
    }

    [LinuxTheory]
    [InlineData("setpriv")]
    [InlineData("runuser")]
    [InlineData("su")]
    public async Task One_tool_for_switching_users_is_enough(string tool)
    {
        var tools = _directory.Tools("dotnet", "sh", "id", "ls", "chown", "setsid", "sleep", tool);
        using var owner = await OwnerProcess.StartAsync(_directory.Data, ("PATH", tools), (PostgresSearch.BinVariable, await BinAsync()));
        Processes.IsAlive(owner.ServerProcessId).ShouldBeTrue();

        owner.Kill();

        await Processes.UntilGoneAsync(owner.ServerProcessId);
    }

    private static async Task<string> BinAsync() =>
        (await new PostgresSearch().FindAsync(null, ServerAccount.Own, _ => { }, CancellationToken.None)).Directory;

    /// <summary>
    /// Kills the owner together with everything that would stop its server. The owner is frozen first: otherwise it would see its supervisor die and
    /// start the server again.
    /// </summary>
    private void Abandon(OwnerProcess owner)
    {
        Processes.Freeze(owner.Id);
        foreach (var supervisor in Processes.With(_directory.Data, "supervise"))
            Processes.Kill(supervisor);
        owner.Kill();
    }

    private static async Task<bool> AnswersAsync(LocalCluster cluster)
    {
        try
        {
            return await cluster.QueryAsync("select 1") is 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
