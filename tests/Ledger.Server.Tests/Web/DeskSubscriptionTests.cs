using Ledger.Testing;

namespace Ledger.Server.Tests.Web;

/// <summary>How the desk shows a subscription.</summary>
public sealed class DeskSubscriptionTests(DeskLedger desk) : IClassFixture<DeskLedger>
{
    [Fact]
    public async Task The_page_of_a_subscription_charts_what_was_delivered_in_each_hour_of_the_last_day()
    {
        await desk.Ledger.RecordAsync("/v1/subscriptions", """{"id": "charted", "name": "Charted", "delivery": {"kind": "webhook", "url": "https://partner.example/hook"}, "from": "now"}""");
        using var client = await desk.SignInAsync(RunningLedger.AdminKey);
        (await client.TextAsync("/desk/subscriptions/charted")).ShouldContain("Nothing was delivered in the last 24 hours");
        await using (var finished = desk.Ledger.Store.DataSource.CreateCommand("""
            insert into ledger_ops.delivery (subscription, position, event_id, stream, type, recorded_at, state, attempts, attempt_count, finished_at)
            select 'charted', n, gen_random_uuid(), 'party-gazette', 'party_recorded', now() - h - interval '90 seconds', case when n in (4, 6) then 'skipped' else 'delivered' end,
              case when n = 2 then '[{}, {}]'::jsonb else '[{}]'::jsonb end, 1, now() - h - interval '60 seconds'
            from (values (1, interval '0'), (2, interval '0'), (3, interval '5 hours'), (4, interval '5 hours'), (5, interval '25 hours'), (6, interval '10 hours')) d (n, h)
            """))
        {
            await finished.ExecuteNonQueryAsync();
        }

        var page = await client.TextAsync("/desk/subscriptions/charted");
        page.ShouldContain("3 deliveries in the last 24 hours, 1 of them after several attempts; at most 2 an hour");
        var rows = page.Split("<tbody>")[1].Split("</tbody>")[0].Split("<tr>")[1..].Select(r => string.Join(' ', r.Split("<td>")[2..].Select(c => c.Split('<')[0])));
        rows.ShouldBe(["0 0 1 none arrived", "1 0 1 30.0 s", "2 1 0 30.0 s"]);
        page.ShouldNotContain("height=\"-");
    }
}
