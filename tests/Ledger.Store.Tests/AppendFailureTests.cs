using Npgsql;

namespace Ledger.Store.Tests;

public sealed class AppendFailureTests
{
    [Fact]
    public async Task A_connection_that_the_driver_has_found_broken_is_a_lost_one_and_not_a_defect()
    {
        await using var closed = new NpgsqlConnection("Host=127.0.0.1");
        await using var command = new NpgsqlCommand("select 1", closed);
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => command.ExecuteNonQueryAsync());

        AppendFailures.Classify(refused, connectionIsOpen: false).ShouldBe(AppendFailure.Lost);
        AppendFailures.Classify(refused, connectionIsOpen: true).ShouldBe(AppendFailure.Defect);
    }
}
