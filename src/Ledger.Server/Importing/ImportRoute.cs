using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Ledger.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace Ledger.Server;

/// <summary>
/// Recording many commands in one request, a line each; a line of answer each streams back in the same order. Lines run beside one another
/// unless they mention the same things: a commit is then shared by hundreds. A bad line stops nothing; a repeated import repeats nothing
/// that has a key. A line may also be an event of another ledger's export: <see cref="DumpRestore"/>.
/// </summary>
internal static class ImportRoute
{
    /// <summary>Pages of lines under way, so that some are read and looked up while others wait for their commit.</summary>
    private const int PagesMax = 8;

    /// <summary>The names under which lines of JSON travel; none has won.</summary>
    private static readonly string[] MediaTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json", "text/plain"];

    /// <summary>
    /// Pages of answers that are kept for a sender which reads nothing before it has sent everything, as many HTTP clients do: without them both
    /// would wait for one another for ever. A page of answers takes some 20 kB, so these are enough for more than a million lines.
    /// </summary>
    internal const int AnswersMax = 4_096;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/import", (Delegate)ImportAsync).WithSummary("Record many commands, a line each").WithTags("Recording").RequireScope(Scopes.Record).ProducesProblem(401);

    private static async Task ImportAsync(HttpContext context)
    {
        var query = new Query(context);
        if (query.Word("format", ["ndjson", .. ArchiveRoute.Names]) is { } format && format != "ndjson")
        {
            await ArchiveRoute.ImportAsync(context, query, format);
            return;
        }

        query.Done();
        if (context.Request.GetTypedHeaders().ContentType is { MediaType.Value: { } type } && !MediaTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new ProblemException(new(415, "unsupported-media-type", "The content type is not supported", "Send a line a command with Content-Type: application/x-ndjson."));
        }

        // Each line is bounded; how many there are is the sender's business.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        context.Response.ContentType = "application/x-ndjson";
        var results = Channel.CreateBounded<IReadOnlyList<Task<ImportResult>>>(PagesMax);
        var answers = Channel.CreateBounded<byte[]>(AnswersMax);
        await using var run = new ImportRun(context);
        var settling = SettleAsync(run, results.Reader, answers.Writer);
        var writing = WriteAsync(context, answers.Reader);
        try
        {
            await foreach (var page in ImportLines.ReadAsync(context.Request.Body, context.RequestAborted))
            {
                await results.Writer.WriteAsync(await run.StartAsync(page), context.RequestAborted);
            }
        }
        finally
        {
            results.Writer.TryComplete();
            await Task.WhenAll(settling, writing);
        }
    }

    /// <summary>Waits for the results of each page in turn and makes its answers.</summary>
    private static async Task SettleAsync(ImportRun run, ChannelReader<IReadOnlyList<Task<ImportResult>>> results, ChannelWriter<byte[]> answers)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            await using var json = new Utf8JsonWriter(buffer);
            await foreach (var page in results.ReadAllAsync())
            {
                foreach (var line in page)
                {
                    var result = await line;
                    run.NoteRepeat(result);
                    json.Reset(buffer);
                    JsonSerializer.Serialize(json, result, DomainJson.Stored);
                    buffer.Write("\n"u8);
                }

                await answers.WriteAsync(buffer.WrittenSpan.ToArray());
                buffer.ResetWrittenCount();
            }
        }
        finally
        {
            answers.TryComplete();
        }
    }

    private static async Task WriteAsync(HttpContext context, ChannelReader<byte[]> answers)
    {
        try
        {
            await foreach (var page in answers.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(page, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        finally
        {
            // Nobody reads them any more: what is under way must still come to its end.
            await foreach (var _ in answers.ReadAllAsync(CancellationToken.None))
            {
            }
        }
    }
}
