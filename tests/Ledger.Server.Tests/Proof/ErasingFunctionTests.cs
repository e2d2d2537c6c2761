using Ledger.Testing;
using Npgsql;

namespace Ledger.Server.Tests;

/// <summary>The only function that may change an event can do no more than remove fields and tags, whatever its caller asks for.</summary>
public class ErasingFunctionTests
{
    [Theory]
    [InlineData("a field changed", """data || '{"name": "Another"}'""", "headers")]
    [InlineData("a field added", """data || '{"more": 1}'""", "headers")]
    [InlineData("another principal", "data", """headers || '{"recordedBy": "another"}'""")]
    [InlineData("a party acted for", "data", """headers || '{"onBehalfOf": "another"}'""")]
    [InlineData("no trace", "data", "headers - 'traceparent'")]
    [InlineData("a header added", "data", """headers || '{"more": 1}'""")]
    [InlineData("another schema of the leaf", "data", "headers - 'leaf'")]
    [InlineData("a tag added", "data", """jsonb_set(headers, '{tags}', '["party:gazette", "topic:more"]')""")]
    public async Task The_erasing_function_refuses_any_other_change(string what, string data, string headers)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        await ledger.RecordBasicsAsync();

        (await Should.ThrowAsync<PostgresException>(() => EraseAsync(database, data, headers), what)).SqlState.ShouldBe(PostgresErrorCodes.InvalidParameterValue, what);
        await EraseAsync(database, "data - 'name'", "headers - 'tags'");
    }

    private static async Task EraseAsync(TestDatabase database, string data, string headers)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"select ledger.erase_payloads(array[1]::bigint[], array[{data}], array[{headers}]) from ledger.mt_events where seq_id = 1", connection);
        await command.ExecuteNonQueryAsync();
    }
}
