namespace Ledger.Server;

/// <summary>Writes an answer whole, with its length: one write, and no chunks to put together.</summary>
internal static class JsonAnswer
{
    internal static async Task WriteJsonAsync(this HttpResponse response, byte[] body, string contentType, CancellationToken cancellationToken)
    {
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }
}
