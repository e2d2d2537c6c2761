using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>A subscriber's endpoint on a free port, which answers as the test says and keeps what it was sent.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>All received requests, including the refused ones, in order of arrival.</summary>
    public ConcurrentQueue<ReceivedMessage> All { get; } = new();

    /// <summary>The requests that were answered with 2xx.</summary>
    public IEnumerable<ReceivedMessage> Taken => All.Where(m => m.Status is >= 200 and < 300);

    public Uri Url => new(_app.Urls.First() + "/hook");

    /// <param name="answer">Gives the status, or null to break the connection; may wait first.</param>
    public static async Task<WebhookReceiver> StartAsync(Func<ReceivedMessage, HttpContext, Task<int?>>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/hook", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var message = new ReceivedMessage(headers, body, JsonElement.Parse(body));
            var status = answer is null ? 204 : await answer(message, context);
            message.Status = status ?? 0;
            receiver.All.Enqueue(message);
            if (status is null)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = status.Value;
        });
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>A request that a subscriber received.</summary>
internal sealed record ReceivedMessage(IReadOnlyDictionary<string, string> Headers, string Body, JsonElement Event)
{
    public int Status { get; set; }

    public DateTimeOffset At { get; } = TimeProvider.System.GetUtcNow();

    public DateTimeOffset RecordedAt => Event.GetProperty("time").GetDateTimeOffset();

    public string Id => Headers["webhook-id"];

    public string Subject => Event.GetProperty("subject").GetString()!;

    public string Type => Event.GetProperty("type").GetString()!;

    public long Position => long.Parse(Event.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
}
