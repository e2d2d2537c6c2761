using System.CommandLine;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary><c>ledger import file…</c>: sends commands, one on each line, or archives in another format, and shows those that were refused.</summary>
internal static class ImportCommand
{
    private const int RefusedFrom = 400;
    private const string Commands = "ndjson";

    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var files = new Argument<string[]>("file") { Description = "NDJSON: {\"command\", \"target\", \"key\", \"body\"} a line; or archives of the format", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format") { Description = "ndjson: commands; or a format of docs/bring-your-archive.md", DefaultValueFactory = _ => Commands };
        var plan = new Option<bool>("--plan") { Description = "Record nothing; say what would be recorded" };
        var report = new Option<string?>("--report") { Description = "Write what became of each record to this .csv or .json file" };
        var publisher = new Option<string?>("--publisher") { Description = "The publisher of what names none" };
        var address = new Option<string?>("--base") { Description = "The address that the file was taken from, for relative links" };
        var links = new Option<bool>("--infer-links") { Description = "Make links of claims that restate one another by the file's own words" };
        var mapping = new Option<string?>("--mapping") { Description = "A JSON file that says which columns are which fields" };
        var command = new Command("import", "Record many commands, or an archive in another format; running it again appends nothing twice where lines have keys")
        {
            files, format, plan, report, publisher, address, links, mapping,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            foreach (var file in parsed.GetValue(files)!.Concat(parsed.GetValue(mapping) is { } map ? [map] : []).Where(f => !File.Exists(f)))
            {
                throw new CommandFailedException($"There is no file {file}.", ExitCodes.Usage);
            }

            using var client = options.Client(parsed);
            if (parsed.GetValue(format) is { } name && name != Commands)
            {
                var import = new ArchiveImport(name, parsed.GetValue(plan), parsed.GetValue(report), new Dictionary<string, string?>
                {
                    ["publisher"] = parsed.GetValue(publisher),
                    ["base"] = parsed.GetValue(address),
                    ["inferLinks"] = parsed.GetValue(links) ? "true" : null,
                    ["mapping"] = parsed.GetValue(mapping) is { } path ? await File.ReadAllTextAsync(path, cancellationToken) : null,
                });
                return await import.RunAsync(client, parsed.GetValue(files)!, options.Json(parsed), output, cancellationToken);
            }

            if (parsed.GetValue(plan) || parsed.GetValue(report) is not null)
            {
                throw new CommandFailedException("--plan and --report belong to --format with another format than ndjson.", ExitCodes.Usage);
            }

            var isWell = true;
            foreach (var file in parsed.GetValue(files)!)
            {
                isWell &= await SendAsync(client, file, options.Json(parsed), output, cancellationToken);
            }

            return isWell ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return command;
    }

    /// <summary>Sends the lines of one file. True when all of them were accepted.</summary>
    private static async Task<bool> SendAsync(LedgerConnection client, string file, bool isJson, TextWriter output, CancellationToken cancellationToken)
    {
        await using var lines = File.OpenRead(file);
        var (taken, refused) = (0, 0);
        await Progress.WhileAsync("Importing", isJson, async update =>
        {
            await foreach (var line in client.Client.ImportAsync(lines, cancellationToken: cancellationToken))
            {
                var isRefused = line.GetProperty("status").GetInt32() >= RefusedFrom;
                (taken, refused) = isRefused ? (taken, refused + 1) : (taken + 1, refused);
                if (isRefused || isJson)
                {
                    await output.WriteLineAsync(line.GetRawText());
                }

                update(lines.CanRead ? (double)lines.Position / lines.Length : 1);
            }

            return taken;
        });
        if (!isJson)
        {
            Output.Console(output).Write(new Table().AddColumns("Taken", "Refused").AddRow($"{taken}", $"{refused}"));
        }

        return refused == 0;
    }
}
