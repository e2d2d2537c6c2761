using System.CommandLine;
using System.Text;
using System.Text.Json;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary><c>ledger witness</c>: remembers the newest head, after a proof that it contains the previous one.</summary>
internal static class WitnessCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var command = new Command("witness", "Remember the newest head; exit 1 where it does not contain the one before");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = options.Client(parsed);
            var logs = options.Remembered(parsed);
            var key = logs.Trust(options.VerifierKey(parsed), Encoding.UTF8.GetString(await client.GetAsync("log/key", cancellationToken)), "its heads");
            var (note, head) = await new LogVerifier(client, key).HeadAsync(cancellationToken);
            var before = logs.Head(key);
            if (before is not null && !await ContainsAsync(client, head, before, cancellationToken))
            {
                throw new CommandFailedException(
                    $"FORKED: the head of {head.Size} events does not contain the head of {before.Size} that was remembered. Keep both, and ask the operator.\n{note}", ExitCodes.Tampered);
            }

            logs.Remember(key, note);
            if (options.Json(parsed))
            {
                Output.Json(new { head.Origin, head.Size, root = head.Root.ToString(), before = before?.Size }, output);
            }
            else
            {
                await output.WriteLineAsync($"{head.Origin}: {head.Size} events, root {head.Root}{(before is null ? "" : $", contains the {before.Size} remembered before")}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<bool> ContainsAsync(LedgerConnection client, Checkpoint head, Checkpoint before, CancellationToken cancellationToken)
    {
        if (before.Size == 0 || before.Size >= head.Size)
        {
            return before.Size == 0 || (before.Size == head.Size && before.Root == head.Root);
        }

        var answer = JsonElement.Parse(await client.GetAsync($"v1/proofs/consistency?from={before.Size}&to={head.Size}", cancellationToken));
        var proof = new List<Digest>();
        foreach (var text in answer.GetProperty("proof").EnumerateArray())
        {
            if (!Digest.TryParse(text.GetString(), out var hash))
            {
                return false;
            }

            proof.Add(hash);
        }

        return MerkleVerification.Consistency(before.Size, head.Size, before.Root, head.Root, proof);
    }
}
