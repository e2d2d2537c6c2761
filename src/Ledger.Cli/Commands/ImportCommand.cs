using System.CommandLine;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary><c>ledger import file</c>: sends commands, a line each, and shows what became of those that were not taken.</summary>
internal static class ImportCommand
{
    private const int RefusedFrom = 400;

    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var file = new Argument<string>("file") { Description = "NDJSON: {\"command\", \"target\", \"key\", \"body\"} a line" };
        var command = new Command("import", "Record many commands; running it again appends nothing twice where lines have keys") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!File.Exists(parsed.GetValue(file)))
            {
                throw new CommandFailedException($"There is no file {parsed.GetValue(file)}.", ExitCodes.Usage);
            }

            using var client = options.Client(parsed);
            await using var lines = File.OpenRead(parsed.GetValue(file)!);
            var (taken, refused) = (0, 0);
            await Progress.WhileAsync("Importing", options.Json(parsed), async update =>
            {
                await foreach (var line in client.Client.ImportAsync(lines, cancellationToken: cancellationToken))
                {
                    var isRefused = line.GetProperty("status").GetInt32() >= RefusedFrom;
                    (taken, refused) = isRefused ? (taken, refused + 1) : (taken + 1, refused);
                    if (isRefused || options.Json(parsed))
                    {
                        await output.WriteLineAsync(line.GetRawText());
                    }

                    update(lines.CanRead ? (double)lines.Position / lines.Length : 1);
                }

                return taken;
            });
            if (!options.Json(parsed))
            {
                Output.Console(output).Write(new Table().AddColumns("Taken", "Refused").AddRow($"{taken}", $"{refused}"));
            }

            return refused == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }
}
