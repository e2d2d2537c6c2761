using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Proof;

/// <summary>A head is written to its file before it is stored with its tiles. No reader gets the head or a proof of it before the tiles are stored.</summary>
public sealed class HeadBeforeTilesTests
{
    [Fact]
    public async Task A_reader_waits_for_a_head_that_is_being_stored_with_its_tiles()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        await ledger.RecordBasicsAsync();
        var head = await ledger.Store.HeadAsync();
        await UntilAsync(async () => SizeOf(await TileStore.ReadHeadAsync(ledger.Store.DataSource, default)) == $"{head}", "the log is signed");

        // The signer writes its file, and then waits for the table.
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        await owner.OpenAsync();
        await using var held = await owner.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table ledger_read.tile in share mode", owner, held))
        {
            await hold.ExecuteNonQueryAsync();
        }

        await ledger.RecordClaimAsync("c1");
        var size = await ledger.Store.HeadAsync();
        var key = ledger.Services.GetRequiredService<LogKey>();
        await UntilAsync(() => SizeOf(key.RememberedHead()) == $"{size}", "the head is remembered");
        var consistency = ledger.Public.GetAsync(new Uri("/v1/proofs/consistency", UriKind.Relative));
        var checkpoint = ledger.Public.GetAsync(new Uri("/log/checkpoint", UriKind.Relative));
        await Task.Delay(200);
        await held.RollbackAsync();

        using var proof = await consistency;
        var body = await proof.Content.ReadAsStringAsync();
        proof.IsSuccessStatusCode.ShouldBeTrue(body);
        body.ShouldContain($"\"to\":{size}");
        using var signed = await checkpoint;
        SizeOf(await signed.Content.ReadAsStringAsync()).ShouldBe($"{size}");
        using var tile = await ledger.Public.GetAsync(new Uri($"/log/tile/0/000.p/{size}", UriKind.Relative));
        tile.IsSuccessStatusCode.ShouldBeTrue();
    }

    /// <summary>The second line of a head is the size of its tree.</summary>
    private static string? SizeOf(string? head) => head?.Split('\n')[1];
}
