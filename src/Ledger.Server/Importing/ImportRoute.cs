using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Ledger.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace Ledger.Server;

/// <summary>
/// Recording many commands in one request, a line each; a line of answer each streams back in the same order. Lines run beside one another
/// unless they mention the same things: a commit is then shared by hundreds. A bad line stops nothing; a repeated import repeats nothing
/// that has a key.
/// </summary>
internal static class ImportRoute
{
    /// <summary>Lines under way: as many as the append engine takes in a batch.</summary>
    private const int WindowLines = 512;

    /// <summary>The body limit of a single command, and its wrapping.</summary>
    private const int LineCharactersMax = JsonBody.BytesMax + 2_000;

    private const int ReaderBufferCharacters = 64 * 1024;

    /// <summary>The names under which lines of JSON travel; none has won.</summary>
    private static readonly string[] MediaTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json", "text/plain"];

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/import", (Delegate)ImportAsync).WithSummary("Record many commands, a line each").WithTags("Recording").ProducesProblem(401);

    private static async Task ImportAsync(HttpContext context)
    {
        _ = context.RequestServices.GetRequiredService<Access>().Writer(context);
        new Query(context).Done();
        if (context.Request.GetTypedHeaders().ContentType is { MediaType.Value: { } type } && !MediaTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new ProblemException(new(415, "unsupported-media-type", "The content type is not supported", "Send a line a command with Content-Type: application/x-ndjson."));
        }

        // Each line is bounded; how many there are is the sender's business.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        context.Response.ContentType = "application/x-ndjson";
        var results = Channel.CreateBounded<Task<ImportResult>>(WindowLines);
        var writing = WriteAsync(context, results.Reader);
        try
        {
            await ReadAsync(context, results.Writer);
        }
        finally
        {
            results.Writer.TryComplete();
            await writing;
        }
    }

    private static async Task ReadAsync(HttpContext context, ChannelWriter<Task<ImportResult>> results)
    {
        var dispatch = context.RequestServices.GetRequiredService<ImportDispatch>();
        var last = new Dictionary<string, Task>(StringComparer.Ordinal);
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: false), false, ReaderBufferCharacters, leaveOpen: true);
        for (var number = 1L; await reader.ReadLineAsync(context.RequestAborted) is { } text; number++)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            await results.WriteAsync(Start(dispatch, number, text, context, last), context.RequestAborted);
        }
    }

    private static Task<ImportResult> Start(ImportDispatch dispatch, long number, string text, HttpContext context, Dictionary<string, Task> last)
    {
        ImportLine line;
        try
        {
            line = text.Length <= LineCharactersMax
                ? JsonBody.Parse<ImportLine>(Encoding.UTF8.GetBytes(text))
                : throw new ProblemException(new(413, "too-large", "The line is too large", "A command has at most 1 MB."));
            _ = line.Path;
        }
        catch (ProblemException e)
        {
            return Task.FromResult(dispatch.Failed(number, e));
        }

        Task[] before = [.. line.Mentioned().Distinct(StringComparer.Ordinal).Select(m => last.GetValueOrDefault(m)).OfType<Task>().Where(t => !t.IsCompleted)];
        var run = before.Length == 0 ? dispatch.RunAsync(number, line, context) : AfterAsync(before, () => dispatch.RunAsync(number, line, context));
        if (last.Count > WindowLines * 8)
        {
            foreach (var done in last.Where(l => l.Value.IsCompleted).Select(l => l.Key).ToList())
            {
                last.Remove(done);
            }
        }

        foreach (var written in line.Written())
        {
            last[written] = run;
        }

        return run;
    }

    private static async Task<ImportResult> AfterAsync(Task[] before, Func<Task<ImportResult>> run)
    {
        // What became of the lines before is said in their own answers; this one finds out by itself what it lacks.
        await Task.WhenAll(before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await run();
    }

    private static async Task WriteAsync(HttpContext context, ChannelReader<Task<ImportResult>> results)
    {
        var body = context.Response.BodyWriter;
        while (await results.WaitToReadAsync(context.RequestAborted))
        {
            while (results.TryRead(out var result))
            {
                if (!result.IsCompleted)
                {
                    await body.FlushAsync(context.RequestAborted);
                }

                var line = JsonSerializer.SerializeToUtf8Bytes(await result, DomainJson.Stored);
                System.Buffers.BuffersExtensions.Write(body, line);
                System.Buffers.BuffersExtensions.Write(body, "\n"u8);
            }

            await body.FlushAsync(context.RequestAborted);
        }
    }
}
