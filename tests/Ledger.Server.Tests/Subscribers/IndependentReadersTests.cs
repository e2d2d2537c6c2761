using System.Text.Json;
using System.Xml.Linq;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>Independent software reads what is sent.</summary>
public class IndependentReadersTests
{
    /// <summary>JSON Feed 1.1 as its specification describes it (jsonfeed.org/version/1.1): custom objects begin with an underscore.</summary>
    private const string JsonFeedSchema = """
        {
          "type": "object",
          "required": ["version", "title", "items"],
          "properties": {
            "version": {"const": "https://jsonfeed.org/version/1.1"},
            "title": {"type": "string"},
            "home_page_url": {"type": "string", "format": "uri"},
            "feed_url": {"type": "string", "format": "uri"},
            "next_url": {"type": "string", "format": "uri"},
            "description": {"type": "string"},
            "language": {"type": "string"},
            "authors": {"$ref": "#/definitions/authors"},
            "items": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "properties": {
                  "id": {"type": "string", "minLength": 1},
                  "url": {"type": "string", "format": "uri"},
                  "external_url": {"type": "string", "format": "uri"},
                  "title": {"type": "string"},
                  "content_html": {"type": "string"},
                  "content_text": {"type": "string"},
                  "summary": {"type": "string"},
                  "date_published": {"type": "string", "format": "date-time"},
                  "date_modified": {"type": "string", "format": "date-time"},
                  "authors": {"$ref": "#/definitions/authors"},
                  "tags": {"type": "array", "items": {"type": "string"}},
                  "language": {"type": "string"}
                },
                "patternProperties": {"^_[a-zA-Z0-9]+$": {"type": "object"}},
                "additionalProperties": false
              }
            }
          },
          "patternProperties": {"^_[a-zA-Z0-9]+$": {"type": "object"}},
          "additionalProperties": false,
          "definitions": {
            "authors": {
              "type": "array",
              "items": {
                "type": "object",
                "minProperties": 1,
                "properties": {"name": {"type": "string"}, "url": {"type": "string", "format": "uri"}, "avatar": {"type": "string", "format": "uri"}},
                "additionalProperties": false
              }
            }
          }
        }
        """;

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

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
    public async Task The_feeds_show_before_and_after_and_answer_304_when_nothing_has_changed()
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

        var xml = await atom.Content.ReadAsStringAsync();
        atom.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, xml);
        xml.ShouldStartWith("<?xml");
        DemandAtom(XDocument.Parse(xml).Root!);
        var read = await NodeScript.RunAsync("""
            import FeedParser from "feedparser";
            import { parseAtomFeed, parseJsonFeed } from "feedsmith";
            import Ajv from "ajv";
            import formats from "ajv-formats";
            import { Readable } from "node:stream";
            const { xml, json, schema } = JSON.parse(process.argv[1]);
            const ajv = new Ajv({ allErrors: true });
            formats(ajv);
            const valid = ajv.compile(schema);
            if (!valid(json)) throw new Error(JSON.stringify(valid.errors));
            const entries = [];
            const parser = Readable.from([xml]).pipe(new FeedParser({ addmeta: false }));
            for await (const entry of parser) entries.push(entry);
            const [atom, feed] = [parseAtomFeed(xml), parseJsonFeed(json)];
            console.log(JSON.stringify({
              version: parser.meta["#version"], type: parser.meta["#type"], id: atom.id, links: atom.links.map(l => l.rel),
              ids: [entries[0].guid, atom.entries[0].id, feed.items[0].id], dates: [entries[0].date, new Date(atom.entries[0].updated), new Date(feed.items[0].date_published)],
              html: [entries[0].description, atom.entries[0].content.value ?? atom.entries[0].content, feed.items[0].content_html],
              author: entries[0].author }));
            """, new { xml, json = feed, schema = JsonElement.Parse(JsonFeedSchema) });

        read.GetProperty("type").GetString().ShouldBe("atom");
        read.GetProperty("author").GetString().ShouldBe("gazette");
        read.GetProperty("ids").EnumerateArray().Select(i => i.GetString()).Distinct().ShouldHaveSingleItem().ShouldStartWith("urn:uuid:");
        read.GetProperty("dates").EnumerateArray().Select(d => d.GetString()).Distinct().ShouldHaveSingleItem();
        var html = read.GetProperty("html").EnumerateArray().Select(h => h.GetString()!).Distinct().ShouldHaveSingleItem();
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

    [Fact]
    public async Task The_feeds_are_paged_without_a_gap_or_a_repeat()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: Settings);
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1", "n is 0");
        for (var n = 0; n < 120; n++)
        {
            await ledger.RecordAsync("/v1/assertions/c1/corrections",
                $$"""{"publisher": "gazette", "text": "T", "reason": "r", "url": "https://example.org/n", "changes": [{"field": "proposition", "before": "n is {{n}}", "after": "n is {{n + 1}}"}]}""");
        }

        var ids = new List<string>();
        for (string? next = "/feeds/corrections.json"; next is not null;)
        {
            var (_, page) = await ledger.GetAsync(next);
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!));
            next = page.TryGetProperty("next_url", out var url) ? new Uri(url.GetString()!).PathAndQuery : null;
        }

        ids.Count.ShouldBe(120);
        ids.Distinct().Count().ShouldBe(120);
        var atoms = new List<string>();
        for (string? next = "/feeds/corrections.atom"; next is not null;)
        {
            var page = XDocument.Parse(await ledger.Public.GetStringAsync(new Uri(next, UriKind.Relative))).Root!;
            DemandAtom(page);
            atoms.AddRange(page.Elements(Atom + "entry").Select(e => e.Element(Atom + "id")!.Value));
            next = page.Elements(Atom + "link").Where(l => (string?)l.Attribute("rel") == "next").Select(l => new Uri(l.Attribute("href")!.Value).PathAndQuery).SingleOrDefault();
        }

        atoms.ShouldBe(ids);
    }

    /// <summary>What RFC 4287 (sections 4.1.1 and 4.1.2) demands of a feed and of its entries.</summary>
    private static void DemandAtom(XElement feed)
    {
        feed.Name.ShouldBe(Atom + "feed");
        feed.Elements(Atom + "link").Count(l => (string?)l.Attribute("rel") == "self").ShouldBe(1);
        foreach (var element in feed.Elements(Atom + "entry").Prepend(feed))
        {
            Uri.IsWellFormedUriString(element.Elements(Atom + "id").ShouldHaveSingleItem().Value, UriKind.Absolute).ShouldBeTrue();
            element.Elements(Atom + "title").ShouldHaveSingleItem();
            element.Elements(Atom + "updated").ShouldHaveSingleItem().Value.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$");
            element.Elements(Atom + "author").ShouldHaveSingleItem().Elements(Atom + "name").ShouldHaveSingleItem();
            element.Elements(Atom + "link").ShouldAllBe(l => l.Attribute("href") != null);
        }

        foreach (var entry in feed.Elements(Atom + "entry"))
        {
            ((string?)entry.Elements(Atom + "content").ShouldHaveSingleItem().Attribute("type")).ShouldBe("html");
            entry.Elements(Atom + "link").Count(l => (string?)l.Attribute("rel") == "alternate").ShouldBe(1);
        }
    }
}
