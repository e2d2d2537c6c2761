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
        Console.WriteLine($"Look at {http.BaseAddress}v1/assertions/t20, …/v1/assertions?label=denied, …/v1/assertions/t20/history, …/v1/events, …/openapi/v1.json");
        Console.WriteLine($"Read it in a browser: {http.BaseAddress}");
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
