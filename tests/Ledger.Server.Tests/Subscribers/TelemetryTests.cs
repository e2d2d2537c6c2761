using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using Ledger.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>What a collector receives by OTLP (protobuf over HTTP) from a server in a separate process.</summary>
public sealed class TelemetryTests
{
    private const int TriesMax = 300;

    private static readonly string[] Metrics =
    [
        "ledger.append.events", "ledger.append.requests", "ledger.append.batch.size", "ledger.append.commit.duration", "ledger.append.queue", "ledger.projection.lag",
        "ledger.delivery.duration", "ledger.subscription.lag", "ledger.subscription.oldest_age", "ledger.subscription.parked",
        "http.server.request.duration", "db.client.operation.duration", "dotnet.gc.collections",
    ];

    [Fact]
    public async Task One_denial_is_one_trace_from_the_request_to_the_webhook_and_every_meter_reports()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using (var before = await RunningLedger.StartAsync(database))
        {
            await before.RecordBasicsAsync();
            await before.RecordClaimAsync("c1");
        }

        await using var hook = await WebhookReceiver.StartAsync();
        await using var collector = await Collector.StartAsync();
        await using var server = await ServerProcess.ServeAsync(database, new Dictionary<string, string?>(SubscriberExtensions.Settings)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        });
        using var http = new HttpClient { BaseAddress = server.BaseAddress, DefaultRequestHeaders = { { "Authorization", $"Bearer {RunningLedger.AdminKey}" } } };
        using var subscribed = await http.PostAsJsonAsync("/v1/subscriptions", new { id = "s1", name = "s1", delivery = new { kind = "webhook", url = hook.Url } });
        subscribed.EnsureSuccessStatusCode();

        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/assertions/c1/denials") { Content = new StringContent(Said.Denial(), Encoding.UTF8, "application/json") };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var denied = await http.SendAsync(request);
        denied.EnsureSuccessStatusCode();

        await SubscriberExtensions.UntilAsync(() => Task.FromResult(hook.Taken.Any(m => m.Type == "ledger.denial_recorded.v1")), "the webhook");
        hook.Taken.First(m => m.Type == "ledger.denial_recorded.v1").Event.GetProperty("traceparent").GetString()!.ShouldContain(trace.ToString());
        string[] spans = ["POST /v1/assertions/{id}/denials", "append batch", "project", "deliver", "POST"];
        for (var left = TriesMax; left > 0 && spans.Except(collector.SpansOf(trace)).Any(); left--)
        {
            await Task.Delay(100);
        }

        spans.Except(collector.SpansOf(trace)).ShouldBeEmpty($"seen: {string.Join(", ", collector.SpansOf(trace))}");
        for (var left = TriesMax; left > 0 && !Metrics.All(collector.Names); left--)
        {
            await Task.Delay(100);
        }

        Metrics.Where(m => !collector.Names(m)).ShouldBeEmpty();
        await SubscriberExtensions.UntilAsync(() => Task.FromResult(collector.HasLogs), "the logs");
    }

    /// <summary>Receives OTLP and searches it for texts: a text field in protobuf is its tag, its length and its UTF-8.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private const byte TraceState = 0x1A;
        private const byte ParentOfSpan = 0x22;
        private const byte NameOfSpan = 0x2A;
        private const byte Flags = 0x85;     // Field 16: a tag of two bytes, and four bytes.
        private const int FlagsLength = 6;

        private readonly ConcurrentQueue<byte[]> _traces = new();
        private readonly ConcurrentQueue<byte[]> _metrics = new();
        private readonly ConcurrentQueue<byte[]> _logs = new();

        public string Url => app.Urls.First();

        public bool HasLogs => !_logs.IsEmpty;

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/v1/traces", context => KeepAsync(context, collector._traces));
            app.MapPost("/v1/metrics", context => KeepAsync(context, collector._metrics));
            app.MapPost("/v1/logs", context => KeepAsync(context, collector._logs));
            await app.StartAsync();
            return collector;
        }

        /// <summary>The names of a trace's spans. A span begins with its trace (field 1) and its id (2); its name (5) follows.</summary>
        public HashSet<string> SpansOf(ActivityTraceId trace)
        {
            var names = new HashSet<string>();
            byte[] start = [0x0A, 16, .. Convert.FromHexString(trace.ToString()), 0x12, 8];
            foreach (var body in _traces)
            {
                for (var at = body.AsSpan().IndexOf(start); at >= 0;)
                {
                    var field = at + start.Length + 8;
                    while (field + 1 < body.Length && body[field] is TraceState or ParentOfSpan or Flags)
                    {
                        field += body[field] == Flags ? FlagsLength : 2 + body[field + 1];
                    }

                    if (field + 1 < body.Length && body[field] == NameOfSpan)
                    {
                        names.Add(Encoding.UTF8.GetString(body, field + 2, body[field + 1]));
                    }

                    var next = body.AsSpan(at + 1).IndexOf(start);
                    at = next < 0 ? -1 : at + 1 + next;
                }
            }

            return names;
        }

        public bool Names(string metric)
        {
            byte[] name = [0x0A, (byte)metric.Length, .. Encoding.UTF8.GetBytes(metric)];
            return _metrics.Any(body => body.AsSpan().IndexOf(name) >= 0);
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        private static async Task KeepAsync(HttpContext context, ConcurrentQueue<byte[]> kept)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            kept.Enqueue(body.ToArray());
        }
    }
}
