using System.CommandLine;
using System.Text;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary>
/// <c>ledger export</c>: writes the whole ledger as events, as a feed or as notices, or writes its log, which can be verified without a network.
/// </summary>
internal static class ExportCommand
{
    private const double MegaByte = 1_000_000;

    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var format = new Option<string>("--format") { Description = "ndjson: a CloudEvent a line; datafeed, claimreview: schema.org; ninjs: news items; csv: the notices; retraction-watch, crossref: the notices on papers", DefaultValueFactory = _ => "ndjson" };
        format.AcceptOnlyFromAmong("ndjson", "datafeed", "claimreview", "ninjs", "csv", "retraction-watch", "crossref");
        var asOf = new Option<string?>("--as-of") { Description = "As the ledger was at a time or position" };
        var file = new Option<string?>("--output") { Description = "Write to this file" };
        var log = new Option<string?>("--log") { Description = "Write the log itself into this directory: ledger verify reads it there" };
        var command = new Command("export", "Write all events, claims or notices; or the log for verifiers") { format, asOf, file, log };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = options.Client(parsed);
            if (parsed.GetValue(log) is { } directory)
            {
                var size = await Progress.WhileAsync("Exporting", options.Json(parsed), update => new LogExport(client, new(directory)).RunAsync(update, cancellationToken));
                await output.WriteLineAsync($"{size} events in {directory}");
                return ExitCodes.Ok;
            }

            var path = $"v1/export?format={parsed.GetValue(format)}{(parsed.GetValue(asOf) is { } at ? $"&asOf={Uri.EscapeDataString(at)}" : "")}";
            await using var target = parsed.GetValue(file) is { } name ? File.Create(name) : null;
            var decoder = Encoding.UTF8.GetDecoder();
            await Progress.CountAsync("Exporting, MB", quiet: target is null, update => client.CopyAsync(path, async (bytes, total) =>
            {
                update(total / MegaByte);
                if (target is not null)
                {
                    await target.WriteAsync(bytes, cancellationToken);
                    return;
                }

                var characters = new char[bytes.Length];
                await output.WriteAsync(characters.AsMemory(0, decoder.GetChars(bytes.Span, characters, flush: false)), cancellationToken);
            }, cancellationToken));
            return ExitCodes.Ok;
        });
        return command;
    }
}

/// <summary>Copies a log file by file. The head is copied first, so that everything that it covers exists when it is copied.</summary>
internal sealed class LogExport(LedgerConnection client, LogDirectory directory)
{
    private const int TilesAtOnce = 4;
    private const int AttemptsMax = 3;

    /// <summary>The beginning of a line that stands for an event which the reader may not see.</summary>
    private static readonly byte[] Withheld = [.. "{\"withheld\":"u8];

    internal async Task<long> RunAsync(Action<double> progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var size = await CopyAllAsync(progress, cancellationToken);
            var erasures = await client.ErasuresAsync(cancellationToken);
            if (erasures.All(e => e.By <= size))
            {
                await directory.WriteErasuresAsync(erasures, cancellationToken);
                return size;
            }

            if (attempt == AttemptsMax)
            {
                throw new CommandFailedException("Values were erased while the log was copied, so that the copy would look tampered with. Try again.");
            }
        }
    }

    private async Task<long> CopyAllAsync(Action<double> progress, CancellationToken cancellationToken)
    {
        await CopyAsync("log/key", cancellationToken);
        var checkpoint = await CopyAsync("log/checkpoint", cancellationToken);
        if (!SignedNote.TryParse(checkpoint, out var note, out var problem) || !Checkpoint.TryParse(note.Text, out var head, out problem))
        {
            throw new CommandFailedException($"The head of the log cannot be read: {problem}", ExitCodes.Tampered);
        }

        var tiles = (head.Size + HashTile.WidthMax - 1) / HashTile.WidthMax;
        var done = 0L;
        await Parallel.ForAsync(0L, tiles, new ParallelOptions { MaxDegreeOfParallelism = TilesAtOnce, CancellationToken = cancellationToken }, async (tile, cancellation) =>
        {
            var width = (int)Math.Min(HashTile.WidthMax, head.Size - (tile * HashTile.WidthMax));
            await CopyAsync($"log/{new HashTileCoordinates(0, tile, width).Path}", cancellation);
            var events = await CopyAsync($"log/events/{tile}", cancellation);
            if (events.AsSpan().IndexOf(Withheld) >= 0)
            {
                await CopyAsync($"log/{new EntryBundleCoordinates(tile, width).Path}", cancellation);
            }

            progress((double)Interlocked.Increment(ref done) / tiles);
        });
        return head.Size;
    }

    private async Task<byte[]> CopyAsync(string path, CancellationToken cancellationToken)
    {
        var bytes = await client.GetAsync(path, cancellationToken);
        await directory.WriteAsync(path, bytes, cancellationToken);
        return bytes;
    }
}
