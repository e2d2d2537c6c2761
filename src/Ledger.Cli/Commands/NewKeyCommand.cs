using System.CommandLine;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary><c>ledger new-key name</c>: makes a signing key for a log, for use by its server.</summary>
internal static class NewKeyCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var name = new Argument<string>("name") { Description = "The log's origin" };
        var file = new Option<string>("--output") { Description = "A new file for the secret, readable by its user alone", Required = true };
        var command = new Command("new-key", "Make a signing key for a log; prints its verifier key") { name, file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(name)!.Any(c => c == '+' || char.IsWhiteSpace(c) || char.IsControl(c)))
            {
                throw new CommandFailedException("The name of a key has no plus and no white space.", ExitCodes.Usage);
            }

            using var signer = Ed25519NoteSigner.Generate(parsed.GetValue(name)!);
            var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using (var secret = new StreamWriter(parsed.GetValue(file)!, mode))
            {
                await secret.WriteLineAsync(signer.ExportSecret().AsMemory(), cancellationToken);
            }

            if (options.Json(parsed))
            {
                Output.Json(new { verifierKey = signer.VerifierKey.ToString() }, output);
            }
            else
            {
                await output.WriteLineAsync(signer.VerifierKey.ToString());
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
