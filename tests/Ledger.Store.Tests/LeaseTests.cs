using Ledger.Testing;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class LeaseTests
{
    [Fact]
    public async Task One_holder_a_name_until_it_gives_back_or_its_connection_dies()
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
    public async Task What_a_holder_set_on_its_session_goes_with_the_lease()
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
}
