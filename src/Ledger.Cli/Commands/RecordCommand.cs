using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary><c>ledger record action [target] [--body file]</c>: sends a JSON body to the HTTP route of the action.</summary>
internal static class RecordCommand
{
    internal static readonly IReadOnlyDictionary<string, (HttpMethod Method, string Path)> Actions = new Dictionary<string, (HttpMethod, string)>(StringComparer.Ordinal)
    {
        ["party"] = (HttpMethod.Post, "v1/parties"),
        ["party-update"] = (HttpMethod.Put, "v1/parties/{0}"),
        ["source"] = (HttpMethod.Post, "v1/sources"),
        ["version"] = (HttpMethod.Post, "v1/sources/{0}/versions"),
        ["source-link"] = (HttpMethod.Post, "v1/sources/{0}/links"),
        ["retelling"] = (HttpMethod.Post, "v1/retellings"),
        ["claim"] = (HttpMethod.Post, "v1/assertions"),
        ["evidence"] = (HttpMethod.Post, "v1/assertions/{0}/evidence"),
        ["link"] = (HttpMethod.Post, "v1/assertions/{0}/links"),
        ["denial"] = (HttpMethod.Post, "v1/assertions/{0}/denials"),
        ["position"] = (HttpMethod.Post, "v1/assertions/{0}/positions"),
        ["notice"] = (HttpMethod.Post, "v1/notices"),
        ["correction"] = (HttpMethod.Post, "v1/assertions/{0}/corrections"),
        ["retraction"] = (HttpMethod.Post, "v1/assertions/{0}/retraction"),
        ["concern"] = (HttpMethod.Post, "v1/assertions/{0}/concerns"),
        ["request"] = (HttpMethod.Post, "v1/assertions/{0}/requests"),
        ["answer"] = (HttpMethod.Post, "v1/assertions/{0}/answers"),
        ["amendment"] = (HttpMethod.Post, "v1/assertions/{0}/amendments"),
        ["withdrawal"] = (HttpMethod.Post, "v1/events/{0}/withdrawal"),
        ["restriction"] = (HttpMethod.Post, "v1/restrictions"),
    };

    private static readonly string[] Shown = ["position", "stream", "version", "type", "id"];

    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var action = new Argument<string>("action") { Description = string.Join(", ", Actions.Keys), HelpName = "action" };
        action.AcceptOnlyFromAmong([.. Actions.Keys]);
        var target = new Argument<string?>("target") { Description = "The id that the action is about, where its route has one", Arity = ArgumentArity.ZeroOrOne };
        var body = new Option<string>("--body") { Description = "A file with the JSON body; - reads standard input", DefaultValueFactory = _ => "-" };
        var idempotency = new Option<string?>("--idempotency-key") { Description = "Makes the command repeatable" };
        var command = new Command("record", "Record a claim, a denial, a correction…") { action, target, body, idempotency };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (method, pattern) = Actions[parsed.GetValue(action)!];
            if (pattern.Contains("{0}", StringComparison.Ordinal) != parsed.GetValue(target) is not null)
            {
                throw new CommandFailedException($"The route of {parsed.GetValue(action)} is /{pattern.Replace("{0}", "{target}", StringComparison.Ordinal)}.", ExitCodes.Usage);
            }

            var path = string.Format(CultureInfo.InvariantCulture, pattern, Uri.EscapeDataString(parsed.GetValue(target) ?? ""));
            var json = parsed.GetValue(body) is "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(parsed.GetValue(body)!, cancellationToken);
            using var client = options.Client(parsed);
            var answer = Encoding.UTF8.GetString(await client.Client.SendAsync(method, path, json, new() { IdempotencyKey = parsed.GetValue(idempotency) }, cancellationToken));
            if (options.Json(parsed))
            {
                await output.WriteLineAsync(answer);
            }
            else
            {
                Show(JsonElement.Parse(answer), output);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Prints the appended events, or that the ledger already said the same.</summary>
    private static void Show(JsonElement answer, TextWriter output)
    {
        var events = answer.GetProperty("events");
        if (events.GetArrayLength() == 0)
        {
            output.WriteLine($"{answer.GetProperty("id").GetString()}: recorded already, nothing was appended");
            return;
        }

        var table = new Table().AddColumns("Position", "Stream", "Version", "Type", "Event");
        foreach (var e in events.EnumerateArray())
        {
            table.AddRow([.. Shown.Select(name => new Text(e.GetProperty(name).ToString()))]);
        }

        Output.Console(output).Write(table);
    }
}
