using Ledger.Store;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Server.Tests;

public class CarryingLinksTests
{
    /// <summary>A first import runs before the database has statistics. With the other index, all links that come from assertions were read for each stream, and a change was reported a minute late.</summary>
    [Fact]
    public async Task Links_are_looked_up_by_the_index_on_their_target_before_the_database_has_statistics()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var source = ServiceDataSource.Create(database.ServiceConnectionString);
        await using (var connection = new NpgsqlConnection(database.OwnerConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var links = new NpgsqlCommand("""
                alter table ledger_read.link set (autovacuum_enabled = off);
                insert into ledger_read.link (event_id, from_stream, to_stream, relation, derivation, from_pos)
                  select gen_random_uuid(), 'assertion-c' || n, 'assertion-c' || n / 2, 'derivedFrom', true, n from generate_series(1, 20000) n
                """, connection, transaction);
            await links.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        var found = await CarryingLinks.TakenOverAsync(source, [.. Enumerable.Range(9_001, 2_000).Select(n => $"assertion-c{n}"), "party-gazette"], CancellationToken.None);
        var below = await CarryingLinks.BelowAsync(source, "assertion-c2500", 30_000, CancellationToken.None);

        found.Count.ShouldBe(1_000);
        below.ShouldBeEmpty();      // There are no events behind these links.
        (await ScansAsync("link_to")).ShouldBeGreaterThanOrEqualTo(2_000);
        (await ScansAsync("link_from")).ShouldBe(0);

        async Task<long> ScansAsync(string index)
        {
            await using var connection = await source.OpenConnectionAsync();
            await using (var flush = new NpgsqlCommand("select pg_stat_force_next_flush()", connection))
            {
                await flush.ExecuteNonQueryAsync();     // At the end of this transaction, so that the next one sees it.
            }

            await using var scans = new NpgsqlCommand($"select idx_scan from pg_stat_user_indexes where indexrelname = '{index}'", connection);
            return (long)(await scans.ExecuteScalarAsync())!;
        }
    }
}
