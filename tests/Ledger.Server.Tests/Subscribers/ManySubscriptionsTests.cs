using System.Collections.Concurrent;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>A node serves more subscriptions than its pool has connections, and answers requests besides.</summary>
public class ManySubscriptionsTests
{
    private const int Subscriptions = 100;

    [Fact]
    public async Task Subscriptions_beyond_the_number_of_connections_are_all_served_paused_and_resumed()
    {
        var received = new ConcurrentDictionary<string, ConcurrentBag<string>>();
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync((message, context) =>
        {
            received.GetOrAdd(context.Request.Query["s"].ToString(), _ => []).Add(message.Id);
            return Task.FromResult<int?>(204);
        });
        await ledger.RecordBasicsAsync();
        for (var s = 0; s < Subscriptions; s++)
        {
            await ledger.SubscribeAsync($"s{s}", new($"{receiver.Url}?s=s{s}"), """{"types": ["claim_recorded"]}""", "\"now\"");
        }

        await ledger.RecordClaimAsync("c1");
        await UntilAsync(() => received.Count == Subscriptions, "each subscription receives the claim");

        for (var s = 0; s < Subscriptions; s += 2)
        {
            await ledger.RecordAsync($"/v1/subscriptions/s{s}/pause", "{}");
        }

        await UntilAsync(() => ServedAsync(ledger, Subscriptions / 2), "the paused subscriptions are not served");
        await ledger.RecordClaimAsync("c2");
        await UntilAsync(() => received.Count(r => r.Value.Count == 2) == Subscriptions / 2, "the others receive the second claim");
        for (var s = 0; s < Subscriptions; s += 2)
        {
            await ledger.RecordAsync($"/v1/subscriptions/s{s}/resume", "{}");
        }

        await UntilAsync(() => received.Values.All(r => r.Count == 2), "the subscriptions that were paused receive it too");
    }

    /// <summary>Whether so many leases are held, by one session.</summary>
    private static async Task<bool> ServedAsync(RunningLedger ledger, int count)
    {
        var names = Enumerable.Range(0, Subscriptions).Select(s => Store.Lease.KeyOf($"subscription s{s}")).ToArray();
        await using var command = ledger.Store.DataSource.CreateCommand("""
            select count(*), count(distinct pid) from pg_locks
            where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
              and ((classid::bigint << 32) | objid::bigint) = any ($1)
            """);
        command.Parameters.Add(new() { Value = names });
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetInt64(1)) == (count, 1);
    }
}
