using System.Text.Json;
using System.Threading.Channels;
using Ledger.Domain;
using Ledger.Formats;
using Microsoft.AspNetCore.Http.Features;

namespace Ledger.Server;

/// <summary>
/// Importing an archive in a format of the field: <c>POST /v1/import?format=…</c>. One answer line per record streams back, in the order in which the
/// records were taken. A last line holds the totals.
/// </summary>
internal static class ArchiveRoute
{
    /// <summary>Commands that are looked up and started together: as many as the append engine takes in a batch.</summary>
    private const int PageCommandsMax = 512;

    /// <summary>The names of the formats.</summary>
    internal static IEnumerable<string> Names => ArchiveFormats.All.Select(f => f.Name);

    internal static async Task ImportAsync(HttpContext context, Query query, string name)
    {
        var isPlan = query.Word("plan", ["true", "false"]) == "true";
        var options = new ArchiveOptions
        {
            Publisher = query.Text("publisher"),
            BaseAddress = query.Text("base") is not { } address ? null
                : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw Query.Invalid("base", "is no http or https address."),
            InferLinks = query.Word("inferLinks", ["true", "false"]) == "true",
            Mapping = query.Text("mapping"),
        };
        query.Done();
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var totals = new ArchiveTotals(isPlan);
        await using var run = new ArchiveRun(context, isPlan);
        await run.CatchUpAsync();
        var isGzip = context.Request.Headers.ContentEncoding.Any(c => c is not null && c.Contains("gzip", StringComparison.OrdinalIgnoreCase));
        await using var input = await OpenAsync(context.Request.Body, isGzip, context.RequestAborted);
        await AnswerLines.StreamAsync<ArchiveAnswer>(context, async pages =>
        {
            try
            {
                await ReadAsync(ArchiveFormats.Find(name)!.ReadAsync(input, options, context.RequestAborted), run, pages, context.RequestAborted);
            }
            catch (ArchiveFormatException e)
            {
                totals.Stopped = e.Message;
            }
        }, totals.Add);
        if (totals is { Stopped: { } reason, Records: 0 })
        {
            throw new ProblemException(Problem.BadRequest("not-this-format", $"The body cannot be read as {name}: {reason}"));
        }

        await WriteLineAsync(context, new { total = totals });
    }

    private static async Task<Stream> OpenAsync(Stream body, bool isGzip, CancellationToken cancellationToken)
    {
        try
        {
            return await ArchiveBody.OpenAsync(body, isGzip, cancellationToken);
        }
        catch (ArchiveFormatException e)
        {
            throw new ProblemException(Problem.BadRequest("not-this-format", e.Message));
        }
    }

    private static async Task ReadAsync(
        IAsyncEnumerable<ArchiveRecord> records, ArchiveRun run, ChannelWriter<IReadOnlyList<Task<ArchiveAnswer>>> pages, CancellationToken cancellationToken)
    {
        var (page, commands) = (new List<ArchiveRecord>(), 0);
        try
        {
            await foreach (var record in records)
            {
                page.Add(record);
                commands += Math.Max(1, record.Commands.Count);
                if (commands >= PageCommandsMax)
                {
                    await StartAsync();
                }
            }
        }
        catch (ArchiveFormatException)
        {
            await StartAsync();     // The records read before the error are recorded and answered.
            throw;
        }

        await StartAsync();

        async Task StartAsync()
        {
            if (page.Count > 0)
            {
                await pages.WriteAsync(await run.StartAsync(page), cancellationToken);
                (page, commands) = ([], 0);
            }
        }
    }

    private static async Task WriteLineAsync<T>(HttpContext context, T line)
    {
        context.Response.ContentType ??= AnswerLines.MediaType;
        await context.Response.Body.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, DomainJson.Stored), (byte)'\n'], context.RequestAborted);
    }
}
