using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Ledger.Server;

/// <summary>Posts the CloudEvent to a subscriber's address, signed as Standard Webhooks 1.0 defines it. Only a 2xx status counts as success.</summary>
internal sealed class WebhookTarget(HttpClient http, Uri address, WebhookSecrets secrets, TimeSpan timeout, TimeProvider clock) : IDeliveryTarget
{
    /// <summary>The longest pause that a subscriber may ask for. Without a limit it could stop its deliveries for ever.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(24);

    // The HTTP binding of CloudEvents (section 3.2) allows a charset here, but the API contract does not promise one.
    private static readonly MediaTypeHeaderValue ContentType = new("application/cloudevents+json");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public async Task<DeliveryOutcome> DeliverAsync(DeliveredMessage message, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(timeout);
        try
        {
            using var request = Request(message);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
            return OutcomeOf(response);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new() { Error = string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalMilliseconds:0} ms") };
        }
        catch (HttpRequestException e)
        {
            return new() { Error = Describe(e) };
        }
        catch (IOException)
        {
            return new() { Error = "the connection broke" };
        }
    }

    private static string Describe(HttpRequestException e) => e switch
    {
        { InnerException: TargetRefusedException refused } => refused.Message,
        { InnerException: SocketException socket } => $"no connection ({socket.SocketErrorCode})",
        _ => $"the request failed ({e.HttpRequestError})",
    };

    private HttpRequestMessage Request(DeliveredMessage message)
    {
        var id = message.Id.ToString();
        var at = clock.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(message.Json) };
        request.Content.Headers.ContentType = ContentType;
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", secrets.Sign(id, at, message.Json.Span));
        foreach (var (name, value) in message.Beside())
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    private DeliveryOutcome OutcomeOf(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return DeliveryOutcome.Taken(status);
        }

        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return new()
        {
            Status = status,
            Error = $"answered {status.ToString(CultureInfo.InvariantCulture)}",
            RetryAfter = asked is { } pause && pause > TimeSpan.Zero ? (pause < RetryAfterMax ? pause : RetryAfterMax) : null,
            Gone = response.StatusCode == HttpStatusCode.Gone,
        };
    }
}
