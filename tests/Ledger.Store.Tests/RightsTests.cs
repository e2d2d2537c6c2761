using Ledger.Testing;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class RightsTests : IAsyncLifetime
{
    private TestDatabase db = null!;

    public async Task InitializeAsync()
    {
        db = await TestDatabase.CreateAsync();
        await using var store = db.OpenStore();
        await store.AppendedAsync(Some.Request("s"));
    }

    public async Task DisposeAsync() => await db.DisposeAsync();

    [Theory]
    [InlineData("update ledger.mt_events set data = '{}'")]
    [InlineData("delete from ledger.mt_events")]
    [InlineData("truncate ledger.mt_events cascade")]
    [InlineData("insert into ledger.mt_events values (2, gen_random_uuid(), 's', 2, '{}', 'x')")]
    [InlineData("update ledger.mt_streams set version = 9")]
    [InlineData("delete from ledger.mt_streams")]
    [InlineData("insert into ledger.mt_streams (id, version) values ('t', 1)")]
    [InlineData("select ledger.mt_archive_stream('s')")]
    [InlineData("delete from ledger.command_keys")]
    [InlineData("alter table ledger.mt_events disable trigger all")]
    [InlineData("drop trigger mt_events_append_only on ledger.mt_events")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("drop function ledger.append_batch")]
    [InlineData("create table ledger.mine (n int)")]
    [InlineData("select setval('ledger.mt_events_sequence', 99)")]
    [InlineData("set role ledger_owner")]
    [InlineData("set role ledger_eraser")]
    [InlineData("copy ledger.mt_events from stdin")]
    public async Task The_service_is_refused_every_statement_outside_its_rights(string sql)
    {
        (await RefusedAsync(db.ServiceConnectionString, sql)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("update ledger.mt_events set data = '{}'")]
    [InlineData("delete from ledger.mt_events where false")]
    [InlineData("truncate ledger.mt_events")]
    [InlineData("delete from ledger.mt_streams where false")]
    [InlineData("set session_replication_role = replica; update ledger.mt_events set data = '{}'")]
    [InlineData("set role ledger_owner; delete from ledger.mt_events")]
    public async Task Even_the_owner_is_stopped_by_the_trigger(string sql)
    {
        (await RefusedAsync(db.OwnerConnectionString, sql)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task The_eraser_may_update_and_not_delete()
    {
        await Some.RunAsync(
            db.OwnerConnectionString, "grant usage on schema ledger to ledger_eraser; grant all on ledger.mt_events to ledger_eraser");
        await Some.RunAsync(db.OwnerConnectionString, """set role ledger_eraser; update ledger.mt_events set data = '{"n": 2}'""");
        (await Some.ScalarAsync<string>(db.ServiceConnectionString, "select data::text from ledger.mt_events")).ShouldBe("""{"n": 2}""");
        (await RefusedAsync(db.OwnerConnectionString, "set role ledger_eraser; delete from ledger.mt_events"))
            .ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task The_owners_login_works_under_the_lesser_role_too()
    {
        await using var dataSource = ServiceDataSource.Create(db.OwnerConnectionString);
        for (var pooled = 0; pooled < 2; pooled++)
        {
            await using var connection = await dataSource.OpenConnectionAsync();
            await using var who = new NpgsqlCommand("select current_user::text", connection);
            (await who.ExecuteScalarAsync()).ShouldBe(ServiceDataSource.Role);
            await using var delete = new NpgsqlCommand("delete from ledger.mt_events", connection);
            (await Should.ThrowAsync<PostgresException>(delete.ExecuteNonQueryAsync())).SqlState
                .ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task The_service_writes_read_models_and_operational_state_and_changes_no_schema()
    {
        await Some.RunAsync(db.OwnerConnectionString, "set role ledger_owner; create table ledger_ops.cursors (id bigserial, at bigint); create table ledger_read.list (n int)");
        await Some.RunAsync(db.ServiceConnectionString, """
            insert into ledger_ops.cursors (at) values (1); update ledger_ops.cursors set at = 2; delete from ledger_ops.cursors;
            insert into ledger_read.list values (1); update ledger_read.list set n = 2; truncate ledger_read.list
            """);
        foreach (var change in new[] { "create table ledger_read.mine (n int)", "drop table ledger_read.list", "alter table ledger_read.list add m int" })
        {
            (await RefusedAsync(db.ServiceConnectionString, change)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }

        await using var store = new EventStore(ServiceDataSource.Create(db.ServiceConnectionString));
        (await store.AppendedAsync(Some.Request("s", 1))).Events.ShouldHaveSingleItem().Position.ShouldBe(2);
    }

    private static async Task<string> RefusedAsync(string connectionString, string sql) =>
        (await Should.ThrowAsync<PostgresException>(Some.RunAsync(connectionString, sql))).SqlState;
}
