using System.CommandLine;
using System.Text;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary><c>ledger proof position</c>: fetches a receipt, verifies it, and prints or saves it.</summary>
internal static class ProofCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var position = new Argument<long>("position") { Description = "The event's position" };
        var file = new Option<string?>("--output") { Description = "Save the receipt in this file" };
        var command = new Command("proof", "Fetch the receipt of an event and check it") { position, file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = options.Client(parsed);
            var bytes = await client.GetAsync($"v1/proofs/{parsed.GetValue(position)}", cancellationToken);
            var served = Encoding.UTF8.GetString(await client.GetAsync("log/key", cancellationToken));
            var key = options.Remembered(parsed).Trust(options.VerifierKey(parsed), served, "the receipt");
            if (parsed.GetValue(file) is { } path)
            {
                await File.WriteAllBytesAsync(path, bytes, cancellationToken);
            }
            else if (!options.Json(parsed))
            {
                await output.WriteAsync(Encoding.UTF8.GetString(bytes));
            }

            return ReceiptOutcome.Show(bytes, key, options.Json(parsed), parsed.GetValue(file) is null ? TextWriter.Null : output, output);
        });
        return command;
    }
}

/// <summary><c>ledger verify-receipt file</c>: verifies a receipt without a network.</summary>
internal static class VerifyReceiptCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var file = new Argument<string>("file") { Description = "A .tlog-proof file" };
        var command = new Command("verify-receipt", "Check a receipt offline, by --verifier-key or the remembered key of its log") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!File.Exists(parsed.GetValue(file)))
            {
                throw new CommandFailedException($"There is no file {parsed.GetValue(file)}.", ExitCodes.Usage);
            }

            var bytes = await File.ReadAllBytesAsync(parsed.GetValue(file)!, cancellationToken);
            if (!EventReceipt.TryParse(bytes, out var receipt, out var problem) || !Checkpoint.TryParse(receipt.Proof.Checkpoint.Text, out var claimed, out problem))
            {
                throw new CommandFailedException($"REFUSED: {problem}", ExitCodes.Tampered);
            }

            var key = options.VerifierKey(parsed) is { } given
                ? options.Remembered(parsed).Trust(given, given, "the receipt")
                : options.Remembered(parsed).KeyOf(claimed.Origin)
                    ?? throw new CommandFailedException($"The key of the log {claimed.Origin} is not known here: give it with --verifier-key.", ExitCodes.Usage);
            return ReceiptOutcome.Show(bytes, key, options.Json(parsed), output, output);
        });
        return command;
    }
}

/// <summary>Verifies a receipt and prints what it proves.</summary>
internal static class ReceiptOutcome
{
    internal static int Show(byte[] bytes, VerifierKey key, bool json, TextWriter plain, TextWriter structured)
    {
        if (!EventReceipt.TryParse(bytes, out var receipt, out var problem))
        {
            throw new CommandFailedException($"REFUSED: {problem}", ExitCodes.Tampered);
        }

        var verdict = receipt.Verify(key.Name, [key], out var checkpoint);
        var words = verdict switch
        {
            LeafVerdict.Intact => "PROVEN",
            LeafVerdict.ErasedBy erased => $"PROVEN, erased in part by {string.Join(", ", erased.Positions.Select(p => $"#{p}"))}",
            LeafVerdict.Tampered tampered => $"TAMPERED: {tampered.Reason}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (json)
        {
            Output.Json(new { verdict = words, receipt.Event.Position, receipt.Event.Type, receipt.Event.Stream, origin = key.Name, size = checkpoint?.Size }, structured);
        }
        else
        {
            plain.WriteLine($"{words}: {receipt.Event.Type} on {receipt.Event.Stream} at position {receipt.Event.Position} of {key.Name}");
        }

        return verdict is LeafVerdict.Tampered ? ExitCodes.Tampered : ExitCodes.Ok;
    }
}
