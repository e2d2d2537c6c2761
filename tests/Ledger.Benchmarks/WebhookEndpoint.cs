using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ledger.Benchmarks;

/// <summary>A subscriber on loopback that takes everything and notes when it came.</summary>
internal sealed class WebhookEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;
    private int received;

    private WebhookEndpoint(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.First() + "/hook");

    public static async Task<WebhookEndpoint> StartAsync(Latencies latencies)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var endpoint = new WebhookEndpoint(builder.Build());
        endpoint.app.MapPost("/hook", async (HttpContext context) =>
        {
            var body = context.Request.BodyReader;
            var read = await body.ReadAsync();
            while (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = await body.ReadAsync();
            }

            latencies.Take(read.Buffer);
            body.AdvanceTo(read.Buffer.End);
            Interlocked.Increment(ref endpoint.received);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        await endpoint.app.StartAsync();
        return endpoint;
    }

    /// <summary>Waits until so many deliveries have come.</summary>
    public async Task UntilAsync(int count, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref received) < count)
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                throw new TimeoutException($"{received} of {count} deliveries came.");
            }

            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
