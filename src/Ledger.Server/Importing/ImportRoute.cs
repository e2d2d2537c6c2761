using Microsoft.AspNetCore.Http.Features;

namespace Ledger.Server;

/// <summary>
/// Recording many commands in one request, one per line. An answer line for each streams back in the same order. Lines run in parallel unless they
/// mention the same things, so that hundreds share one commit. A bad line stops nothing. A repeated import does not repeat lines that have a key. A
/// line may also be an event of another ledger's export: <see cref="DumpRestore"/>.
/// </summary>
internal static class ImportRoute
{
    /// <summary>The format that is not an archive's: one command per line.</summary>
    internal const string Lines = "ndjson";

    /// <summary>The media types in use for lines of JSON; none has become the standard.</summary>
    private static readonly string[] MediaTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json", "text/plain"];

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/import", (Delegate)ImportAsync).WithSummary("Record many commands, a line each").WithTags("Recording").RequireScope(Scopes.Record).ProducesProblem(401);

    private static async Task ImportAsync(HttpContext context)
    {
        var query = new Query(context);
        if (query.Word("format", [Lines, .. ArchiveRoute.Names]) is { } format && format != Lines)
        {
            await ArchiveRoute.ImportAsync(context, query, format);
            return;
        }

        query.Done();
        if (context.Request.GetTypedHeaders().ContentType is { MediaType.Value: { } type } && !MediaTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new ProblemException(new(415, "unsupported-media-type", "The content type is not supported", "Send a line a command with Content-Type: application/x-ndjson."));
        }

        // Each line is bounded; the number of lines is not.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        context.Response.ContentType = AnswerLines.MediaType;
        await using var run = new ImportRun(context);
        await AnswerLines.StreamAsync<ImportResult>(context, async pages =>
        {
            await foreach (var page in ImportLines.ReadAsync(context.Request.Body, context.RequestAborted))
            {
                await pages.WriteAsync(await run.StartAsync(page), context.RequestAborted);
            }
        }, run.NoteRepeat);
    }
}
