using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Streams answers to a body that is still being read: one line of JSON per answer, in the order in which the work was begun.</summary>
internal static class AnswerLines
{
    internal const string MediaType = "application/x-ndjson";

    /// <summary>The most pages of work under way, so that some are read and looked up while others wait for their commit.</summary>
    private const int PagesMax = 8;

    /// <summary>
    /// The most pages of answers that are kept for a sender that reads nothing before it has sent everything, as many HTTP clients do. Without them
    /// the sender and the server would wait for each other for ever. A page of answers takes some 20 kB, so these are enough for more than a million
    /// lines.
    /// </summary>
    private const int AnswersMax = 4_096;

    /// <summary>Writes each answer once it is there. Work that was begun runs to its end, even if nobody reads the answers any more.</summary>
    /// <param name="context">The request.</param>
    /// <param name="begin">Reads the body and begins the work, a page at a time.</param>
    /// <param name="settled">Receives each answer, in order.</param>
    internal static async Task StreamAsync<T>(HttpContext context, Func<ChannelWriter<IReadOnlyList<Task<T>>>, Task> begin, Action<T> settled)
    {
        var pages = Channel.CreateBounded<IReadOnlyList<Task<T>>>(PagesMax);
        var lines = Channel.CreateBounded<byte[]>(AnswersMax);
        var settling = SettleAsync(pages.Reader, settled, lines.Writer);
        var writing = WriteAsync(context, lines.Reader);
        try
        {
            await begin(pages.Writer);
        }
        finally
        {
            pages.Writer.TryComplete();
            await Task.WhenAll(settling, writing);
        }
    }

    private static async Task SettleAsync<T>(ChannelReader<IReadOnlyList<Task<T>>> pages, Action<T> settled, ChannelWriter<byte[]> lines)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            await using var json = new Utf8JsonWriter(buffer);
            await foreach (var page in pages.ReadAllAsync(CancellationToken.None))
            {
                foreach (var answer in page)
                {
                    var result = await answer;
                    settled(result);
                    json.Reset(buffer);
                    JsonSerializer.Serialize(json, result, DomainJson.Stored);
                    buffer.Write("\n"u8);
                }

                await lines.WriteAsync(buffer.WrittenSpan.ToArray());
                buffer.ResetWrittenCount();
            }
        }
        finally
        {
            lines.TryComplete();
        }
    }

    private static async Task WriteAsync(HttpContext context, ChannelReader<byte[]> lines)
    {
        try
        {
            await foreach (var page in lines.ReadAllAsync(context.RequestAborted))
            {
                context.Response.ContentType ??= MediaType;
                await context.Response.Body.WriteAsync(page, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        finally
        {
            // If the client has gone, the remaining answers are read and dropped, because the work under way must still end.
            await foreach (var _ in lines.ReadAllAsync(CancellationToken.None))
            {
            }
        }
    }
}
