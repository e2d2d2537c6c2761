using System.CommandLine;
using System.Text.Json;
using Ledger.Domain;
using Spectre.Console;
using Command = System.CommandLine.Command;

namespace Ledger.Cli;

/// <summary><c>ledger as-of id moment</c>: shows what the ledger said about an assertion at a moment.</summary>
internal static class AsOfCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var id = new Argument<string>("assertion") { Description = "The assertion's id" };
        var moment = new Argument<string>("moment") { Description = "A time (2018-08-03T14:05:00Z) or a position" };
        var known = new Option<string?>("--known-at") { Description = "Only what was published by then (2018-08-03)" };
        var command = new Command("as-of", "Show an assertion as the ledger had it at a moment") { id, moment, known };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = options.Client(parsed);
            var path = $"v1/assertions/{Uri.EscapeDataString(parsed.GetValue(id)!)}?asOf={Uri.EscapeDataString(parsed.GetValue(moment)!)}"
                + (parsed.GetValue(known) is { } knownAt ? $"&knownAt={Uri.EscapeDataString(knownAt)}" : "");
            var view = JsonElement.Parse(await client.GetAsync(path, cancellationToken));
            if (options.Json(parsed))
            {
                await output.WriteLineAsync(view.GetRawText());
            }
            else
            {
                Show(view, output);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Show(JsonElement view, TextWriter output)
    {
        var standing = view.GetProperty("standing");
        var console = Output.Console(output);
        console.WriteLine(Text(view, "proposition"));
        console.WriteLine($"{Text(standing, "label")}: {Text(standing, "summary")}");
        var positions = new Table().AddColumns("Party", "Stance", "State", "Since", "Position");
        foreach (var position in standing.GetProperty("positions").EnumerateArray())
        {
            var party = Text(position, "party") is { Length: > 0 } named ? named : Text(position, "description");
            positions.AddRow(new Text(party), new Text(Text(position, "stance")), new Text(Text(position, "state")), new Text(Text(position, "since")), new Text(Text(position, "position")));
        }

        console.Write(positions);
        foreach (var flag in standing.GetProperty("flags").EnumerateArray())
        {
            console.WriteLine($"{Text(flag, "flag")}: {Text(flag, "detail")}");
        }
    }

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.ToString() : "";
}

/// <summary><c>ledger tail</c>: follows the feed.</summary>
internal static class TailCommand
{
    internal static Command Create(CommonOptions options, TextWriter output)
    {
        var after = new Option<long>("--after") { Description = "Begin behind this position" };
        var once = new Option<bool>("--once") { Description = "Stop at the head" };
        var command = new Command("tail", "Follow the events, a line each (CloudEvents with --json)") { after, once };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = options.Client(parsed);
            var from = parsed.GetValue(after);
            await foreach (var e in parsed.GetValue(once) ? client.Client.ListEventsAsync(from, null, cancellationToken) : client.Client.FollowAsync(from, null, cancellationToken))
            {
                await output.WriteLineAsync(options.Json(parsed) ? e.ToJson() : $"{e.Position,8}  {WireTime.Format(e.Time)}  {e.Type}  {e.Subject}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
