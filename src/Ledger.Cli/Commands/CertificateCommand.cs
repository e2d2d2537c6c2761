using System.CommandLine;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary><c>ledger certificate id</c>: fetches a signed certificate of what was said on a day, and verifies it.</summary>
internal static class CertificateCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var assertion = new Argument<string?>("assertion") { Description = "The assertion's id", Arity = ArgumentArity.ZeroOrOne };
        var document = new Option<string?>("--document") { Description = "All assertions of the document at this address, in place of one assertion" };
        var at = new Option<string?>("--at") { Description = "The day or moment (2018-08-04); now without it" };
        var file = new Option<string?>("--output") { Description = "Save the certificate in this file" };
        var command = new Command("certificate", "Fetch a certificate of what was said on a day, and check it") { assertion, document, at, file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(assertion) is null == parsed.GetValue(document) is null)
            {
                throw new CommandFailedException("Name an assertion, or a document by --document.", ExitCodes.Usage);
            }

            using var client = options.Client(parsed);
            var question = parsed.GetValue(assertion) is { } id ? $"assertion={Uri.EscapeDataString(id)}" : $"url={Uri.EscapeDataString(parsed.GetValue(document)!)}";
            var bytes = await client.GetAsync($"v1/certificates?{question}{(parsed.GetValue(at) is { } moment ? $"&at={Uri.EscapeDataString(moment)}" : "")}", cancellationToken);
            var served = Encoding.UTF8.GetString(await client.GetAsync("log/key", cancellationToken));
            var key = options.Remembered(parsed).Trust(options.VerifierKey(parsed), served, "the certificate");
            if (parsed.GetValue(file) is { } path)
            {
                await File.WriteAllBytesAsync(path, bytes, cancellationToken);
            }

            return CertificateOutcome.Show(CertificateVerifier.Verify(bytes, key), options.Json(parsed), output);
        });
        return command;
    }
}

/// <summary><c>ledger verify-certificate file</c>: verifies a certificate without a network.</summary>
internal static class VerifyCertificateCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var file = new Argument<string>("file") { Description = "The JSON of a certificate" };
        var command = new Command("verify-certificate", "Check a certificate offline, by --verifier-key or the remembered key of its log") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var bytes = await File.ReadAllBytesAsync(parsed.GetValue(file)!, cancellationToken);
            var logs = options.Remembered(parsed);
            var key = options.VerifierKey(parsed) is { } given
                ? logs.Trust(given, given, "the certificate")
                : logs.KeyOf(CertificateVerifier.OriginOf(bytes))
                    ?? throw new CommandFailedException($"The key of the log {CertificateVerifier.OriginOf(bytes)} is not known here: give it with --verifier-key.", ExitCodes.Usage);
            return CertificateOutcome.Show(CertificateVerifier.Verify(bytes, key), options.Json(parsed), output);
        });
        return command;
    }
}

/// <summary>Prints what a certificate proves.</summary>
internal static class CertificateOutcome
{
    internal static int Show(CertificateReport report, bool json, TextWriter output)
    {
        if (json)
        {
            Output.Json(report, output);
            return report.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Tampered;
        }

        var console = Output.Console(output);
        foreach (var problem in report.Problems)
        {
            console.WriteLine($"TAMPERED: {problem}");
        }

        if (report.Problems.Count > 0)
        {
            return ExitCodes.Tampered;
        }

        console.WriteLine($"PROVEN by {report.Receipts} receipts of {report.Origin}, issued {report.IssuedAt}, complete up to position {report.Position} by the word of its signer");
        var table = new Table().AddColumns("Assertion", $"Known {report.At ?? "now"}", $"Recorded {report.At ?? "now"}", "Since", "Now");
        foreach (var a in report.Assertions)
        {
            table.AddRow(new Text(a.Assertion), Words(a.Known), Words(a.Recorded), new Text($"{a.Since.Count}"), new Text(a.Now.Standing.Label));
        }

        console.Write(table);
        return ExitCodes.Ok;
    }

    private static Text Words(Domain.Wording? wording) => new(wording is null ? "nothing" : $"{wording.Standing.Label}: {wording.Proposition}");
}
