using System.CommandLine;
using Ledger.Client;

namespace Ledger.Cli;

/// <summary>The command line: its commands, and the messages and exit codes of failures.</summary>
internal static class LedgerCommand
{
    internal const string DefaultUrl = "http://127.0.0.1:5080";

    internal static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken = default)
    {
        var options = new CommonOptions();
        var root = new RootCommand("Reads, records and verifies a claims ledger. Exit codes: 0 fine, 1 tampered or forked, 2 usage, 3 not reachable or refused.")
        {
            VerifyCommand.Create(options, output),
            ProofCommand.Create(options, output),
            VerifyReceiptCommand.Create(options, output),
            CertificateCommand.Create(options, output),
            VerifyCertificateCommand.Create(options, output),
            WitnessCommand.Create(options, output),
            AsOfCommand.Create(options, output),
            TailCommand.Create(options, output),
            ExportCommand.Create(options, output),
            RecordCommand.Create(options, output),
            ImportCommand.Create(options, output),
            NewKeyCommand.Create(options, output),
        };
        options.AddTo(root);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync(new() { Output = output, Error = Console.Error }, cancellationToken);
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new() { Output = output, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        catch (CommandFailedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e.ExitCode;
        }
        catch (LedgerProblemException e)
        {
            await Console.Error.WriteLineAsync(e.Code.Length == 0 ? e.Message : $"{(int)e.Status}: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync($"The ledger cannot be reached: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            await Console.Error.WriteLineAsync($"The ledger did not answer in time: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or KeyNotFoundException)
        {
            await Console.Error.WriteLineAsync($"What came back is not what a ledger answers: {e.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Usage;
        }
    }
}
