using Ledger.Testing;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class LeaseTests
{
    [Fact]
    public async Task A_lease_has_one_holder_until_it_is_released_or_its_connection_dies()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var dataSource = ServiceDataSource.Create(db.ServiceConnectionString);
        var lease = (await Lease.TryAcquireAsync(dataSource, "a")).ShouldNotBeNull();
        (await Lease.TryAcquireAsync(dataSource, "a")).ShouldBeNull();
        await using var elsewhere = (await Lease.TryAcquireAsync(dataSource, "b")).ShouldNotBeNull();

        await lease.DisposeAsync();
        var next = (await Lease.TryAcquireAsync(dataSource, "a")).ShouldNotBeNull();
        await Some.RunAsync(db.OwnerConnectionString, $"select pg_terminate_backend({next.Connection.ProcessID})");
        Lease? taken = null;
        for (var attempt = 0; taken is null && attempt < 100; attempt++)
        {
            taken = await Lease.TryAcquireAsync(dataSource, "a");
            await Task.Delay(20);
        }

        await taken.ShouldNotBeNull().DisposeAsync();
        await next.DisposeAsync();
    }

    [Fact]
    public async Task Session_settings_of_a_holder_end_with_its_lease()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var dataSource = ServiceDataSource.Create($"{db.ServiceConnectionString};Maximum Pool Size=1");
        await using (var lease = (await Lease.TryAcquireAsync(dataSource, "a")).ShouldNotBeNull())
        {
            await using var set = new NpgsqlCommand("set synchronous_commit = off", lease.Connection);
            await set.ExecuteNonQueryAsync();
        }

        await using var show = dataSource.CreateCommand("select current_setting('synchronous_commit') || ' ' || current_role");
        (await show.ExecuteScalarAsync()).ShouldBe($"on {ServiceDataSource.Role}");
    }

    [Fact]
    public async Task A_silent_holder_loses_its_lease_and_a_running_one_keeps_it()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var paused = ServiceDataSource.Create($"{db.ServiceConnectionString};Keepalive=0");
        await using var running = ServiceDataSource.Create($"{db.ServiceConnectionString};Keepalive=1");
        var silence = TimeSpan.FromSeconds(2);
        var lost = (await Lease.TryAcquireAsync(paused, "a", silence)).ShouldNotBeNull();
        await using var kept = (await Lease.TryAcquireAsync(running, "b", silence)).ShouldNotBeNull();

        Lease? taken = null;
        for (var attempt = 0; taken is null && attempt < 500; attempt++)
        {
            taken = await Lease.TryAcquireAsync(running, "a");
            await Task.Delay(20);
        }

        await taken.ShouldNotBeNull().DisposeAsync();
        (await Lease.TryAcquireAsync(running, "b")).ShouldBeNull();
        await using var write = new NpgsqlCommand("select", lost.Connection);
        await Should.ThrowAsync<NpgsqlException>(write.ExecuteNonQueryAsync());
        await lost.DisposeAsync();
    }

    [Fact]
    public async Task Members_see_each_other_and_the_leases_that_are_held()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var dataSource = ServiceDataSource.Create(db.ServiceConnectionString);
        await using var one = await Membership.JoinAsync(dataSource, "group");
        await using (await Membership.JoinAsync(dataSource, "group"))
        {
            await using var lease = await Lease.TryAcquireAsync(dataSource, "a");
            var seen = await one.LookAsync();
            (seen.Nodes, seen.Contains("a"), seen.Contains("b")).ShouldBe((2, true, false));
        }

        var alone = await one.LookAsync();
        (alone.Nodes, alone.Contains("a")).ShouldBe((1, false));
    }

    [Fact]
    public async Task The_leases_of_a_member_are_held_by_one_session_and_lost_with_it()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var dataSource = ServiceDataSource.Create($"{db.ServiceConnectionString};Maximum Pool Size=1");
        await using var others = ServiceDataSource.Create(db.ServiceConnectionString);
        var member = await Membership.JoinAsync(dataSource, "group");
        var leases = new List<MemberLease>();
        for (var i = 0; i < 100; i++)
        {
            leases.Add((await member.TryTakeAsync($"{i}")).ShouldNotBeNull());
        }

        (await member.TryTakeAsync("7")).ShouldBeNull();
        await using var other = await Membership.JoinAsync(others, "group");
        (await other.TryTakeAsync("7")).ShouldBeNull();
        await leases[7].DisposeAsync();
        await using var seven = (await other.TryTakeAsync("7")).ShouldNotBeNull();

        var session = await leases[0].UseAsync(connection => Task.FromResult(connection.ProcessID));
        await Some.RunAsync(db.OwnerConnectionString, $"select pg_terminate_backend({session})");
        await Should.ThrowAsync<NpgsqlException>(WriteAsync);
        await Should.ThrowAsync<StoreUnavailableException>(WriteAsync);
        await Should.ThrowAsync<StoreUnavailableException>(() => member.LookAsync());
        leases.ShouldAllBe(l => l.IsKnownLost);
        MemberLease? taken = null;
        for (var attempt = 0; taken is null && attempt < 100; attempt++)
        {
            taken = await other.TryTakeAsync("0");
            await Task.Delay(20);
        }

        await taken.ShouldNotBeNull().DisposeAsync();
        await EndAsync();

        Task<int> WriteAsync() => leases[1].UseAsync(async connection =>
        {
            await using var write = new NpgsqlCommand("select", connection);
            return await write.ExecuteNonQueryAsync();
        });

        async Task EndAsync()
        {
            await member.DisposeAsync();
            foreach (var lease in leases)
            {
                await lease.DisposeAsync();
            }

            (await dataSource.CreateCommand("select current_setting('synchronous_commit')").ExecuteScalarAsync()).ShouldBe("on");
        }
    }

    [Fact]
    public async Task A_member_that_left_keeps_its_leases_until_they_are_released_and_then_its_session_is_reset()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var dataSource = ServiceDataSource.Create($"{db.ServiceConnectionString};Maximum Pool Size=1");
        await using var others = ServiceDataSource.Create(db.ServiceConnectionString);
        await using var other = await Membership.JoinAsync(others, "group");
        var member = await Membership.JoinAsync(dataSource, "group");
        var lease = (await member.TryTakeAsync("a")).ShouldNotBeNull();

        await member.DisposeAsync();
        var left = await other.LookAsync();
        (left.Nodes, left.Contains("a")).ShouldBe((1, true));
        (await member.TryTakeAsync("b")).ShouldBeNull();

        await lease.DisposeAsync();
        (await other.LookAsync()).Contains("a").ShouldBeFalse();
        await using var show = dataSource.CreateCommand("select current_setting('synchronous_commit') || current_setting('idle_session_timeout')");
        (await show.ExecuteScalarAsync()).ShouldBe("on0");
    }
}
