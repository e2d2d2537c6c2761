using System.CommandLine;
using System.Text;

namespace Ledger.Cli;

/// <summary><c>ledger record action [target] [--body file]</c>: sends a body as the HTTP route of the action takes it.</summary>
internal static class RecordCommand
{
    private static readonly IReadOnlyDictionary<string, string> Paths = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["party"] = "v1/parties",
        ["source"] = "v1/sources",
        ["version"] = "v1/sources/{0}/versions",
        ["claim"] = "v1/assertions",
        ["evidence"] = "v1/assertions/{0}/evidence",
        ["link"] = "v1/assertions/{0}/links",
        ["denial"] = "v1/assertions/{0}/denials",
        ["position"] = "v1/assertions/{0}/positions",
        ["notice"] = "v1/notices",
        ["correction"] = "v1/assertions/{0}/corrections",
        ["retraction"] = "v1/assertions/{0}/retraction",
        ["concern"] = "v1/assertions/{0}/concerns",
        ["request"] = "v1/assertions/{0}/requests",
        ["answer"] = "v1/assertions/{0}/answers",
        ["amendment"] = "v1/assertions/{0}/amendments",
        ["withdrawal"] = "v1/events/{0}/withdrawal",
        ["restriction"] = "v1/restrictions",
    };

    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var action = new Argument<string>("action") { Description = string.Join(", ", Paths.Keys) };
        action.AcceptOnlyFromAmong([.. Paths.Keys]);
        var target = new Argument<string?>("target") { Description = "The id that the action is about, where its route has one", Arity = ArgumentArity.ZeroOrOne };
        var body = new Option<string>("--body") { Description = "A file with the JSON body; - reads standard input", DefaultValueFactory = _ => "-" };
        var idempotency = new Option<string?>("--idempotency-key") { Description = "Makes the command repeatable" };
        var command = new Command("record", "Record a claim, a denial, a correction…") { action, target, body, idempotency };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pattern = Paths[parsed.GetValue(action)!];
            if (pattern.Contains("{0}", StringComparison.Ordinal) != parsed.GetValue(target) is not null)
            {
                throw new CommandFailedException($"The route of {parsed.GetValue(action)} is /{pattern.Replace("{0}", "{target}", StringComparison.Ordinal)}.", ExitCodes.Usage);
            }

            var path = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, Uri.EscapeDataString(parsed.GetValue(target) ?? ""));
            var json = parsed.GetValue(body) is "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(parsed.GetValue(body)!, cancellationToken);
            using var client = options.Client(parsed);
            await output.WriteLineAsync(Encoding.UTF8.GetString(await client.PostAsync(path, json, parsed.GetValue(idempotency), cancellationToken)));
            return ExitCodes.Ok;
        });
        return command;
    }
}
