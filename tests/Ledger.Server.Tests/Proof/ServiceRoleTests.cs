using Ledger.Testing;
using Npgsql;

namespace Ledger.Server.Tests;

public class ServiceRoleTests
{
    [Theory]
    [InlineData("update ledger.mt_events set data = '{}' where seq_id = 1")]
    [InlineData("delete from ledger.mt_events")]
    [InlineData("truncate ledger.mt_events")]
    [InlineData("insert into ledger.mt_events select * from ledger.mt_events")]
    [InlineData("alter table ledger.mt_events disable trigger all")]
    [InlineData("drop trigger mt_events_append_only on ledger.mt_events")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("select ledger.erase_payloads(array[1], array['{}']::jsonb[], array['{}']::jsonb[])")]
    [InlineData("set role ledger_owner")]
    [InlineData("set role ledger_eraser")]
    [InlineData("select setval('ledger.mt_events_sequence', 99)")]
    [InlineData("drop table ledger.mt_events cascade")]
    public async Task The_login_of_the_service_cannot_touch_the_log(string sql)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        await ledger.RecordBasicsAsync();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ServiceConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);

        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }
}
