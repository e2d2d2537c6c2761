using System.CommandLine;
using System.Text;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary><c>ledger verify [url or directory]</c>: reads the whole log and names every position that differs from what was signed.</summary>
internal static class VerifyCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var place = new Argument<string?>("place") { Description = "Where the ledger is, or a directory that ledger export --log wrote", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("verify", "Walk the log, compute everything anew, and compare with the signed head and the one of the last run") { place };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Directory.Exists(parsed.GetValue(place)) ? null : options.Client(parsed, parsed.GetValue(place));
            ILogSource source = client is null ? new LogDirectory(parsed.GetValue(place)!) : client;
            var logs = options.Remembered(parsed);
            var served = Encoding.UTF8.GetString(await source.GetAsync("log/key", cancellationToken));
            var key = logs.Trust(options.VerifierKey(parsed), served, "its proofs");
            var verifier = new LogVerifier(source, key);
            var known = logs.Head(key);
            // An exported log may be older than the remembered head. A running ledger may not.
            var before = client is null && (await verifier.HeadAsync(cancellationToken)).Head.Size < known?.Size ? null : known;
            var (report, head) = await Progress.WhileAsync("Verifying", options.Json(parsed), update => verifier.RunAsync(before, update, cancellationToken));
            if (report.Tampered.Count == 0 && before == known)
            {
                logs.Remember(key, head);
            }

            Show(report, options.Json(parsed), output);
            return report.Tampered.Count == 0 ? ExitCodes.Ok : ExitCodes.Tampered;
        });
        return command;
    }

    private static void Show(VerificationReport report, bool json, TextWriter output)
    {
        if (json)
        {
            Output.Json(report, output);
            return;
        }

        var console = Output.Console(output);
        console.MarkupLineInterpolated($"Log [bold]{report.Origin}[/], {report.Size} events, root {report.Root}");
        if (report.ConsistentWith is { } size)
        {
            console.MarkupLineInterpolated($"contains the head of the last run ({size} events)");
        }

        console.MarkupLineInterpolated($"{report.Intact} intact, {report.Erased.Count} erased in part, {report.Withheld} withheld");
        foreach (var (position, by) in report.Erased)
        {
            console.MarkupLineInterpolated($"  #{position} erased by {string.Join(", ", by.Select(b => $"#{b}"))}; the rest is intact");
        }

        if (report.Tampered.Count > 0)
        {
            var table = new Table().AddColumn("Position").AddColumn("TAMPERED");
            foreach (var finding in report.Tampered)
            {
                table.AddRow(new Text(finding.Position is { } p ? $"#{p}" : "log"), new Text(finding.Detail));
            }

            console.Write(table);
        }
    }
}
