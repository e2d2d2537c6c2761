using System.Net;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>What happened to keys, and what was refused, in the log: for auditors alone.</summary>
public sealed class AccessAuditTests
{
    private const string Types = "/v1/audit?type=key_made,key_rotated,key_revoked,access_refused";

    [Fact]
    public async Task Creating_rotating_and_revoking_a_key_are_events_of_its_stream()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        var key = await ledger.RecordAsync("/v1/keys", """{"name": "Jane Doe", "scopes": ["record", "audit"], "party": "ministry", "expires": "2100-01-01T00:00:00Z"}""");
        var id = key.GetProperty("id").GetString()!;
        await ledger.RecordAsync($"/v1/keys/{id}/rotation", """{"overlapS": 60}""");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var revoked = await ledger.Http.DeleteAsync(new Uri($"/v1/keys/{id}", UriKind.Relative));
            revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        var (_, audit) = await ledger.GetAsync(Types, asPublic: false);

        var items = audit.GetProperty("items").EnumerateArray().ToList();
        items.Select(i => i.GetProperty("type").GetString()).ShouldBe(["key_made", "key_rotated", "key_revoked"]);
        items.ShouldAllBe(i => i.GetProperty("stream").GetString() == id && i.GetProperty("recordedBy").GetString() == "admin");
        var made = items[0].GetProperty("data");
        made.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).ShouldBe(["record", "audit"]);
        (made.GetProperty("party").GetString(), made.GetProperty("expires").GetString()).ShouldBe(("ministry", "2100-01-01T00:00:00.000000Z"));
        audit.ToString().ShouldNotContain("Jane Doe");
        using var receipt = await ledger.Http.GetAsync(new Uri(items[0].GetProperty("receipt").GetString()!, UriKind.Relative));
        receipt.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_unknown_key_leaves_no_event()
    {
        await using var ledger = await RunningLedger.StartAsync();
        using var revoked = await ledger.Http.DeleteAsync(new Uri("/v1/keys/key-0123456789abcdef", UriKind.Relative));
        using var rotated = await ledger.Http.PostAsync(new Uri("/v1/keys/key-0123456789abcdef/rotation", UriKind.Relative), null);

        (revoked.StatusCode, rotated.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
        (await ledger.GetAsync(Types, asPublic: false)).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Only_an_auditor_sees_events_of_access_and_the_tree_still_contains_them()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/keys", """{"name": "desk", "scopes": ["record"]}""");
        await ledger.RecordClaimAsync("c1");
        var (_, audit) = await ledger.GetAsync(Types, asPublic: false);
        var position = audit.GetProperty("items")[0].GetProperty("position").GetInt64();
        (await ledger.Http.GetAsync(new Uri($"/v1/proofs/{position + 1}", UriKind.Relative))).Dispose();

        foreach (var path in new[] { "/v1/events?after=0", "/v1/export", "/log/events/0" })
        {
            var shown = await ledger.Public.GetStringAsync(new Uri(path, UriKind.Relative));
            var all = await ledger.Http.GetStringAsync(new Uri(path, UriKind.Relative));
            (shown.Contains("key_made", StringComparison.Ordinal), shown.Contains("claim_recorded", StringComparison.Ordinal)).ShouldBe((false, true), path);
            all.ShouldContain("key_made", Case.Sensitive, path);
        }

        (await ledger.Public.GetStringAsync(new Uri("/log/events/0", UriKind.Relative))).ShouldContain($"{{\"withheld\":{position}}}");
        (await ledger.GetAsync($"/v1/proofs/{position}")).Response.StatusCode.ShouldBe((HttpStatusCode)451);
    }

    [Fact]
    public async Task Refused_requests_are_counted_by_reason_and_recorded_a_few_at_a_time()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?> { ["Ledger:RefusalsIntervalS"] = "1" });
        var revoked = await ledger.RecordAsync("/v1/keys", """{"name": "gone", "scopes": ["record"]}""");
        using (await ledger.Http.DeleteAsync(new Uri($"/v1/keys/{revoked.GetProperty("id").GetString()}", UriKind.Relative)))
        {
        }

        var expired = await ledger.RecordAsync("/v1/keys", """{"name": "old", "scopes": ["record"], "expires": "2020-01-01T00:00:00Z"}""");
        var reader = await ledger.RecordAsync("/v1/keys", """{"name": "reader", "scopes": ["read"]}""");
        var expected = new Dictionary<(string, string?), long>
        {
            [("noKey", null)] = 40,
            [("unknownKey", null)] = 3,
            [("revokedKey", revoked.GetProperty("id").GetString())] = 2,
            [("expiredKey", expired.GetProperty("id").GetString())] = 1,
            [("notAllowed", reader.GetProperty("id").GetString())] = 4,
        };
        foreach (var (secret, times) in new[] { (null, 40), ("nothing", 3), (SecretOf(revoked), 2), (SecretOf(expired), 1), (SecretOf(reader), 4) })
        {
            using var client = ledger.Client(secret);
            for (var n = 0; n < times; n++)
            {
                using var answer = await client.GetAsync(new Uri("/v1/keys", UriKind.Relative));
                ((int)answer.StatusCode).ShouldBeInRange(401, 403);
            }
        }

        var counted = new Dictionary<(string, string?), long>();
        List<JsonElement> events;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        do
        {
            await Task.Delay(100, patience.Token);
            events = [.. (await ledger.GetAsync("/v1/audit?type=access_refused&limit=1000", asPublic: false)).Body.GetProperty("items").EnumerateArray()];
            counted = events.SelectMany(e => e.GetProperty("data").GetProperty("requests").EnumerateArray())
                .GroupBy(r => (r.GetProperty("reason").GetString()!, r.TryGetProperty("principal", out var of) ? of.GetString() : null))
                .ToDictionary(g => g.Key, g => g.Sum(r => r.GetProperty("count").GetInt64()));
        }
        while (counted.Values.Sum() < expected.Values.Sum());

        counted.ShouldBe(expected, ignoreOrder: true);
        events.Count.ShouldBeLessThan(40);
        events.ShouldAllBe(e => e.GetProperty("recordedBy").GetString() == "policy:access" && e.GetProperty("stream").GetString() == "access-refused");
    }

    private static string SecretOf(JsonElement key) => key.GetProperty("secret").GetString()!;
}
