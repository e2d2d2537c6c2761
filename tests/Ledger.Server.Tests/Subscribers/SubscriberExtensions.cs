using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>What the tests of subscribers share.</summary>
internal static class SubscriberExtensions
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    /// <summary>Settings that let a test deliver to loopback and keep retries short.</summary>
    public static Dictionary<string, string?> Settings { get; } = new()
    {
        ["Ledger:Webhooks:AllowHttp"] = "true",
        ["Ledger:Webhooks:AllowedNetworks"] = "127.0.0.0/8",
        ["Ledger:Webhooks:RetrySchedule"] = "0,00:00:00.1,00:00:00.2,00:00:00.3",
        ["Ledger:Webhooks:TimeoutMs"] = "2000",
        ["Ledger:Webhooks:CircuitPause"] = "00:00:00.2",
        ["Ledger:SecretsKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
    };

    public static Task<JsonElement> SubscribeAsync(this RunningLedger ledger, string id, Uri url, string filter = "{}", string from = "0") =>
        ledger.RecordAsync("/v1/subscriptions", $$"""{"id": "{{id}}", "name": "{{id}}", "delivery": {"kind": "webhook", "url": "{{url}}"}, "filter": {{filter}}, "from": {{from}}}""");

    public static async Task<JsonElement> SubscriptionAsync(this RunningLedger ledger, string id) => (await ledger.GetAsync($"/v1/subscriptions/{id}", asPublic: false)).Body;

    public static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(this RunningLedger ledger, string id, string state) =>
        [.. (await ledger.GetAsync($"/v1/subscriptions/{id}/deliveries?state={state}&limit=1000", asPublic: false)).Body.GetProperty("items").EnumerateArray()];

    /// <summary>Denies a claim of the basics with another statement each time, which appends one event each time.</summary>
    public static Task<JsonElement> DenyAsync(this RunningLedger ledger, string assertion, string statement) =>
        ledger.RecordAsync($"/v1/assertions/{assertion}/denials",
            $$"""{"party": "ministry", "statement": "{{statement}}", "contests": "whole", "citation": "https://example.org/denial"}""");

    /// <summary>Withdraws the event at a position.</summary>
    public static async Task WithdrawAsync(this RunningLedger ledger, JsonElement recorded, string party)
    {
        var id = recorded.GetProperty("events").EnumerateArray().Last().GetProperty("id").GetString();
        await ledger.RecordAsync($"/v1/events/{id}/withdrawal", $$"""{"party": "{{party}}", "reason": "a mistake"}""");
    }

    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(WaitMax, what);
            await Task.Delay(20);
        }
    }

    public static Task UntilAsync(Func<bool> holds, string what) => UntilAsync(() => Task.FromResult(holds()), what);
}
