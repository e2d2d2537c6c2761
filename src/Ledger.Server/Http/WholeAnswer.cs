using System.Security.Cryptography;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Writes an answer as a whole, in one write, with its length and its tag. Answers 304 when the client has these bytes already.</summary>
internal static class WholeAnswer
{
    /// <summary>
    /// Writes the bytes. A read that succeeds carries a strong ETag, made of the bytes if the slice gave none. A cache may keep the answer but must
    /// ask again each time, because a restriction or an erasure can take back almost everything.
    /// </summary>
    internal static async Task WriteWholeAsync(this HttpResponse response, byte[] body, string contentType, CancellationToken cancellationToken)
    {
        var request = response.HttpContext.Request;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (isRead && response.StatusCode == StatusCodes.Status200OK && response.Headers.CacheControl != "no-store")
        {
            if (response.Headers.CacheControl.Count == 0)
            {
                response.Headers.CacheControl = "no-cache";
            }

            if (response.Headers.ETag.Count == 0)
            {
                response.Headers.ETag = $"\"{HashOf(body)}\"";
            }

            if (EntityTags.Find(request.Headers.IfNoneMatch, response.Headers.ETag.ToString()) is { } known)
            {
                response.Headers.ETag = known;
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(body, cancellationToken);
        }
    }

    /// <summary>Writes JSON about state beside the log. No cache keeps it.</summary>
    internal static Task WriteJsonAsync<T>(this HttpContext context, int status, T body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(body, DomainJson.Stored, "application/json", context.RequestAborted);
    }

    /// <summary>A hash that identifies these bytes.</summary>
    internal static string HashOf(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12));
}
