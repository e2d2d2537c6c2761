using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>What is sent is read by software that owes nothing to this code.</summary>
public class IndependentReadersTests
{
    [Fact]
    public async Task Npms_standardwebhooks_takes_old_and_new_secret_and_refuses_a_changed_body_and_an_old_time()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        var former = (await ledger.SubscribeAsync("s1", receiver.Url)).GetProperty("secret").GetString();
        var current = (await ledger.RecordAsync("/v1/subscriptions/s1/secret/rotation", "{}")).GetProperty("secret").GetString()!;
        await ledger.RecordAsync("/v1/subscriptions/s1/test", "{}");
        var message = receiver.All.Single();
        var old = DateTimeOffset.FromUnixTimeSeconds(long.Parse(message.Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture)).AddHours(-1);
        var oldHeaders = new Dictionary<string, string>
        {
            ["webhook-id"] = message.Id,
            ["webhook-timestamp"] = old.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["webhook-signature"] = new WebhookSecrets(current).Sign(message.Id, old, System.Text.Encoding.UTF8.GetBytes(message.Body)),
        };

        var verdict = await NodeScript.RunAsync("""
            import { Webhook } from "standardwebhooks";
            const { former, current, body, headers, oldHeaders } = JSON.parse(process.argv[1]);
            const takes = (secret, text, h) => { try { new Webhook(secret).verify(text, h); return true; } catch { return false; } };
            console.log(JSON.stringify([takes(current, body, headers), takes(former, body, headers), takes(current, body + " ", headers), takes(current, body, oldHeaders)]));
            """, new { former, current, body = message.Body, headers = message.Headers, oldHeaders });

        verdict.EnumerateArray().Select(v => v.GetBoolean()).ShouldBe([true, true, false, false]);
    }

    [Fact]
    public async Task Npms_cloudevents_reads_and_validates_every_message()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        await ledger.RecordDemoAsync();
        var head = (int)await ledger.SettleAsync();
        await ledger.SubscribeAsync("s1", receiver.Url);
        await UntilAsync(() => receiver.Taken.Count() == head, "the whole demonstration");
        await ledger.RecordAsync("/v1/subscriptions/s1/test", "{}");

        var read = await NodeScript.RunAsync("""
            import { HTTP } from "cloudevents";
            const messages = JSON.parse(process.argv[1]);
            console.log(JSON.stringify(messages.filter(m => { const e = HTTP.toEvent({ headers: m.headers, body: m.body }); return e.validate() && e.data && e.id === m.headers["webhook-id"]; }).length));
            """, receiver.All.Select(m => new { headers = m.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value), body = m.Body }));

        read.GetInt32().ShouldBe(head + 1);
    }

    [Fact]
    public async Task Npms_eventsource_resumes_over_twenty_cut_connections_without_a_gap_or_a_repeat()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordDemoAsync();
        var head = (int)await ledger.SettleAsync();

        var ids = await NodeScript.RunAsync("""
            import { EventSource } from "eventsource";
            import net from "node:net";
            const { host, port, head } = JSON.parse(process.argv[1]);
            let cuts = 0;
            const proxy = net.createServer(client => {
              const server = net.connect(port, host);
              let passed = 0;
              client.pipe(server);
              server.on("data", data => {
                // Cut in the middle of what comes, twenty times.
                if (cuts < 20 && passed + data.length > 2000) { client.write(data.subarray(0, 2000 - passed)); cuts++; setTimeout(() => client.destroy(), 20); server.destroy(); return; }
                passed += data.length;
                client.write(data);
              });
              server.on("error", () => client.destroy());
              server.on("close", () => client.end());
              client.on("error", () => server.destroy());
              client.on("close", () => server.destroy());
            }).listen(0, "127.0.0.1", () => {
              const ids = [];
              const source = new EventSource(`http://127.0.0.1:${proxy.address().port}/v1/events/stream`);
              source.onmessage = e => { ids.push(Number(e.lastEventId)); if (ids.at(-1) === head) { console.log(JSON.stringify({ ids, cuts })); process.exit(0); } };
            });
            """, new { host = ledger.BaseAddress.Host, port = ledger.BaseAddress.Port, head });

        ids.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ShouldBe(Enumerable.Range(1, head));
        ids.GetProperty("cuts").GetInt32().ShouldBe(20);
    }

    [Fact]
    public async Task The_feeds_show_before_and_after_and_answer_what_has_not_changed_with_304()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", "The bridge <is> open today");
        await ledger.RecordAsync("/v1/assertions/c1/corrections", """
            {"publisher": "gazette", "text": "It was shut & locked", "reason": "misread", "url": "https://example.org/n",
             "changes": [{"field": "proposition", "before": "The bridge <is> open today", "after": "The bridge <is> shut today"}]}
            """);
        var atom = await ledger.Public.GetAsync(new Uri("/feeds/corrections.atom", UriKind.Relative));
        var (json, feed) = await ledger.GetAsync("/feeds/corrections.json?publisher=gazette");

        var read = await NodeScript.RunAsync("""
            import { XMLParser, XMLValidator } from "fast-xml-parser";
            const { xml } = JSON.parse(process.argv[1]);
            if (XMLValidator.validate(xml) !== true) throw new Error("not XML");
            console.log(JSON.stringify(new XMLParser({ ignoreAttributes: false }).parse(xml).feed));
            """, new { xml = await atom.Content.ReadAsStringAsync() });

        var html = read.GetProperty("entry").GetProperty("content").GetProperty("#text").GetString()!;
        html.ShouldContain("The bridge &lt;is&gt; <del>open</del><ins>shut</ins> today");
        html.ShouldContain("It was shut &amp; locked");
        var item = feed.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("content_html").GetString().ShouldBe(html);
        item.GetProperty("_ledger").GetProperty("changes")[0].GetProperty("after").GetString().ShouldBe("The bridge <is> shut today");
        json.Content.Headers.ContentType!.ToString().ShouldBe("application/feed+json");
        (await ledger.GetAsync("/feeds/corrections.json?publisher=nobody")).Body.GetProperty("items").GetArrayLength().ShouldBe(0);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/feeds/corrections.atom");
        again.Headers.IfNoneMatch.Add(atom.Headers.ETag!);
        ((int)(await ledger.Public.SendAsync(again)).StatusCode).ShouldBe(304);
    }
}
