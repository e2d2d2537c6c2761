using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Ledger.Server;

/// <summary>What the demonstration shows at its end: every assertion with its label and summary, and where to look next.</summary>
internal static class DemoReport
{
    private static readonly string[] Shown = ["ground", "concedes"];

    internal static async Task WriteAsync(HttpClient http, int appended, long position, CancellationToken cancellationToken)
    {
        var list = JsonElement.Parse(await http.GetStringAsync(
            new Uri($"/v1/assertions?limit=500&order=changed&minPosition={position.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative), cancellationToken));
        var rows = list.GetProperty("items").EnumerateArray()
            .Select(i => new Row(Text(i, "id"), Text(i, "label"), Text(i, "summary"), Text(i, "proposition")))
            .OrderByDescending(r => r.Id[0]).ThenBy(r => r.Id, StringComparer.Ordinal).ToList();
        if (Console.IsOutputRedirected)
        {
            WritePlain(rows);
        }
        else
        {
            WriteTable(rows);
        }

        foreach (var id in new[] { "t20", "t01" })
        {
            await WritePositionsAsync(http, id, cancellationToken);
        }

        Console.WriteLine(appended == 0
            ? $"{rows.Count} assertions; everything was recorded before, nothing was appended."
            : $"{rows.Count} assertions; {appended} events appended.");
        Console.WriteLine($"""

            What this is, and why it matters:
              1. Two reports of August 2018: {rows.Count(r => r.Id[0] == 't')} claims of one and {rows.Count(r => r.Id[0] == 'd')} of the other, each with who said it and where it stands.
              2. The ministry denies one of them and concedes another. Its words stand beside the claims, with their ground; they replace none.
              3. The second report retells the first with other figures and fewer names. Links say which claim restates which, and how they differ.
              4. Every event has a position, a time and a signed receipt, so that nobody can change it unseen, the operator included.
              5. Any moment can be asked again: what was recorded by then, and what was publicly known by then.

            Open in a browser:
              {http.BaseAddress}                   what changed, and search
              {http.BaseAddress}assertions/t20     the claim that is denied: move the slider
              {http.BaseAddress}docs               the API, to read and to try
            """);
    }

    private static void WritePlain(IReadOnlyList<Row> rows)
    {
        foreach (var row in rows)
        {
            Console.WriteLine($"{row.Id}\t{row.Label}\t{row.Summary}\t{row.Proposition}");
        }
    }

    private static void WriteTable(IReadOnlyList<Row> rows)
    {
        var table = new Table().AddColumns("id", "label", "summary", "proposition");
        foreach (var row in rows)
        {
            table.AddRow(new Text(row.Id), new Text(row.Label, row.Label == "reported" ? Style.Plain : new Style(Color.Yellow)), new Text(row.Summary), new Text(row.Proposition));
        }

        AnsiConsole.Write(table);
    }

    private static async Task WritePositionsAsync(HttpClient http, string id, CancellationToken cancellationToken)
    {
        var standing = JsonElement.Parse(await http.GetStringAsync(new Uri($"/v1/assertions/{id}", UriKind.Relative), cancellationToken)).GetProperty("standing");
        Console.WriteLine($"{id}: {Text(standing, "label")} ({Text(standing, "summary")})");
        foreach (var position in standing.GetProperty("positions").EnumerateArray().Where(p => Text(p, "stance") is "denies" or "concedes"))
        {
            Console.WriteLine($"    {Text(position, "party")} {Text(position, "stance")} since {Text(position, "since")}: {Text(position, "statement")}");
            foreach (var detail in Shown.Where(d => position.TryGetProperty(d, out _)))
            {
                Console.WriteLine($"        {detail}: {Text(position, detail)}");
            }
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : "";

    private sealed record Row(string Id, string Label, string Summary, string Proposition);
}
