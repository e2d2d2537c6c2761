using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary><c>ledger import --format</c>: sends archives in a format of the field, and shows the result of each record.</summary>
/// <param name="Format">The name of the format.</param>
/// <param name="IsPlan">Whether the import is only planned and records nothing.</param>
/// <param name="Report">The path of the report; null for none.</param>
/// <param name="More">Further query parameters of the request, by name.</param>
internal sealed record ArchiveImport(string Format, bool IsPlan, string? Report, IReadOnlyDictionary<string, string?> More)
{
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(500);

    internal async Task<int> RunAsync(LedgerConnection client, IReadOnlyList<string> files, bool isJson, TextWriter output, CancellationToken cancellationToken)
    {
        await using var report = new ImportReport(Report);
        var table = new Table().AddColumns("File", "Records", IsPlan ? "Would be recorded" : "Recorded", "Present", "Refused", "Unclear");
        var commands = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var isWell = true;
        foreach (var file in files)
        {
            var total = await ShowAsync(file, isJson, update => SendAsync(client, file, report, isJson, output, update, cancellationToken));
            isWell &= total.GetProperty("refused").GetInt64() == 0 && !total.TryGetProperty("stopped", out _);
            table.AddRow(Path.GetFileName(file).EscapeMarkup(), N("records"), N("recorded"), N("present"), N("refused"), N("unclear"));
            foreach (var command in total.GetProperty("commands").EnumerateObject())
            {
                commands[command.Name] = commands.GetValueOrDefault(command.Name) + command.Value.GetInt64();
            }

            if (!isJson && total.TryGetProperty("stopped", out var reason))
            {
                await output.WriteLineAsync($"{file} was read only in part: {reason.GetString()}");
            }

            string N(string name) => total.GetProperty(name).GetInt64().ToString("N0", CultureInfo.InvariantCulture);
        }

        if (!isJson)
        {
            Output.Console(output).Write(table);
            foreach (var (command, count) in commands)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{command}: {count:N0}"));
            }
        }

        return isWell ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>Sends one file and returns the totals. Refused records are printed; with JSON, all records are.</summary>
    private async Task<JsonElement> SendAsync(
        LedgerConnection client, string file, ImportReport report, bool isJson, TextWriter output, Action<long, long?, double> update, CancellationToken cancellationToken)
    {
        await using var input = File.OpenRead(file);
        var (length, done, total) = (input.Length, 0L, (JsonElement?)null);
        await foreach (var answer in client.Client.ImportAsync(input, Parameters, "application/octet-stream", cancellationToken))
        {
            if (isJson)
            {
                await output.WriteLineAsync(answer.GetRawText());
            }

            if (answer.TryGetProperty("total", out var last))
            {
                total = last;
                continue;
            }

            await report.AddAsync(file, answer);
            if (!isJson && answer.GetProperty("status").GetString() == "refused")
            {
                var place = answer.TryGetProperty("line", out var number) ? $"line {number}" : $"record {answer.GetProperty("record")}";
                await output.WriteLineAsync($"{file}, {place}, {answer.GetProperty("name").GetString()}: {ImportReport.Findings(answer, "problems")}");
            }

            update(++done, answer.TryGetProperty("of", out var of) ? of.GetInt64() : null, input.CanRead ? (double)input.Position / Math.Max(1, length) : 1);
        }

        return total ?? throw new CommandFailedException($"The ledger stopped answering after {done} records of {file}. Run the same command again: what was recorded is not recorded twice.");
    }

    private IEnumerable<(string, string)> Parameters => More.Where(m => m.Value is not null).Select(m => (m.Key, m.Value!))
        .Prepend(("plan", IsPlan ? "true" : "false")).Prepend(("format", Format));

    /// <summary>Shows the number of processed records, the rate per second, and the estimated time that is left.</summary>
    private static Task<JsonElement> ShowAsync(string file, bool isJson, Func<Action<long, long?, double>, Task<JsonElement>> work)
    {
        if (isJson || Console.IsErrorRedirected)
        {
            return work((_, _, _) => { });
        }

        var watch = Stopwatch.StartNew();
        var next = TimeSpan.Zero;
        return AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }).Status().StartAsync($"Reading {file.EscapeMarkup()}", context => work((done, of, share) =>
        {
            if (watch.Elapsed < next)
            {
                return;
            }

            next = watch.Elapsed + ShowInterval;
            var rate = done / Math.Max(0.001, watch.Elapsed.TotalSeconds);
            var part = of is { } all ? (double)done / all : share;
            var left = TimeSpan.FromSeconds(Math.Round(watch.Elapsed.TotalSeconds * (1 - part) / Math.Max(0.001, part)));
            context.Status(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file).EscapeMarkup()}: {done:N0} records, {part:P0}, {rate:N0}/s, {left:g} left"));
        }));
    }
}
