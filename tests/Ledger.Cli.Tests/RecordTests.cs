using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Cli.Tests;

public class RecordTests
{
    /// <summary>The order lets each be recorded. # stands for the event of the line before.</summary>
    private static readonly (string Action, string? Target, string Body)[] Steps =
    [
        ("party", null, """{"id": "gazette", "name": "The Gazette", "kind": "publisher"}"""),
        ("party", null, """{"id": "ministry", "name": "The Ministry", "kind": "government"}"""),
        ("party-update", "ministry", """{"name": "The Ministry of Labour", "kind": "government"}"""),
        ("source", null, """{"id": "report", "kind": "report", "title": "A report", "publisher": "gazette"}"""),
        ("source", null, """{"id": "decree", "kind": "decree", "title": "A decree", "publisher": "ministry"}"""),
        ("version", "report", """{"edition": "print", "publishedAt": "2018-08-04", "seen": true}"""),
        ("source-link", "report", """{"to": {"source": "decree", "version": "unseen"}, "relation": "derivedFrom", "basis": "stated"}"""),
        ("claim", null, """{"id": "c1", "proposition": "It is so", "source": {"id": "report", "version": 1}, "attribution": [{"party": "ministry"}]}"""),
        ("claim", null, """{"id": "c2", "proposition": "It is so indeed", "source": {"id": "report", "version": 1}, "attribution": []}"""),
        ("evidence", "c1", """{"sourceVersion": {"id": "report", "version": 1}, "selector": {"type": "TextQuoteSelector", "exact": "it is so"}}"""),
        ("link", "c2", """{"to": "c1", "relation": "restates", "basis": "inferred"}"""),
        ("denial", "c1", """{"party": "ministry", "statement": "It is not", "contests": "whole", "citation": "a letter"}"""),
        ("withdrawal", "#", """{"party": "ministry", "reason": "changed its mind", "citation": "a letter"}"""),
        ("position", "c1", """{"party": "ministry", "stance": "noComment", "citation": "a call"}"""),
        ("request", "c1", """{"requester": "ministry", "kind": "correction", "text": "Please correct it"}"""),
        ("answer", "c1", """{"request": "#", "by": "gazette", "outcome": "rejected", "note": "No"}"""),
        ("correction", "c1", """{"publisher": "gazette", "text": "It was otherwise", "reason": "error", "citation": "page 2", "changes": [{"field": "proposition", "before": "It is so", "after": "It was so"}]}"""),
        ("amendment", "c1", """{"field": "modality", "before": "asserted", "after": "hedged", "reason": "misread"}"""),
        ("concern", "c2", """{"publisher": "gazette", "text": "Under doubt", "reason": "doubt", "citation": "page 2"}"""),
        ("notice", null, """{"publisher": "gazette", "kind": "concern", "text": "Both are under doubt", "reason": "doubt", "citation": "page 2", "items": [{"assertion": "c1"}, {"assertion": "c2"}]}"""),
        ("retraction", "c2", """{"publisher": "gazette", "text": "Withdrawn", "reason": "error", "citation": "page 2"}"""),
        ("restriction", null, """{"assertion": "c2", "reason": "legal"}"""),
        ("retelling", null, """{"publisher": "ministry", "url": "https://ministry.example/story", "title": "Our story", "publishedAt": "2018-08-05", "of": ["c1"]}"""),
    ];

    [Fact]
    public async Task Every_action_is_recorded_from_the_command_line()
    {
        await using var ledger = await RunningLedger.StartAsync();
        using var cli = new Cli();
        Steps.Select(s => s.Action).Distinct().Order().ShouldBe(RecordCommand.Actions.Keys.Order());
        var body = Path.GetTempFileName();
        var last = "";
        foreach (var (action, target, json) in Steps)
        {
            await File.WriteAllTextAsync(body, json.Replace("#", last, StringComparison.Ordinal));
            string[] about = target is null ? [] : [target.Replace("#", last, StringComparison.Ordinal)];

            var (exit, output) = await cli.RunAsync(["record", action, .. about, "--body", body, "--json", "--url", ledger.BaseAddress.ToString(), "--key", RunningLedger.AdminKey]);

            exit.ShouldBe(ExitCodes.Ok, action);
            last = JsonElement.Parse(output).GetProperty("events")[0].GetProperty("id").GetString()!;
        }

        File.Delete(body);
    }

    [Fact]
    public async Task What_was_appended_is_shown_as_a_table_and_a_repetition_says_so()
    {
        await using var ledger = await RunningLedger.StartAsync();
        using var cli = new Cli();
        var body = Path.GetTempFileName();
        await File.WriteAllTextAsync(body, Steps[0].Body);
        string[] record = ["record", "party", "--body", body, "--url", ledger.BaseAddress.ToString(), "--key", RunningLedger.AdminKey];

        var (_, first) = await cli.RunAsync(record);
        var (_, second) = await cli.RunAsync(record);
        var (refused, _) = await cli.RunAsync("record", "party", "--body", body, "--url", ledger.BaseAddress.ToString());

        first.ShouldContain("party_recorded");
        first.ShouldContain("Position");
        second.ShouldContain("nothing was appended");
        refused.ShouldBe(ExitCodes.Failed, "without a key nothing is recorded");
        File.Delete(body);
    }
}
