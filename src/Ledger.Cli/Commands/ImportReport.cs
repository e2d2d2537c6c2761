using System.Text;
using System.Text.Json;

namespace Ledger.Cli;

/// <summary>A report of an import, with one row for each record. The name of its file decides between CSV and JSON.</summary>
internal sealed class ImportReport : IAsyncDisposable
{
    private const string Header = "File,Record,Line,Name,Status,Problems,Unclear,Positions\r\n";

    /// <summary>A spreadsheet executes a cell that begins with one of these characters as a formula.</summary>
    private const string FormulaStarts = "=+-@\t\r\n";

    private readonly StreamWriter? _output;
    private readonly bool _isJson;
    private bool _isFirst = true;

    /// <param name="path">The path of the file; null for no report.</param>
    internal ImportReport(string? path)
    {
        _isJson = path?.EndsWith(".json", StringComparison.OrdinalIgnoreCase) == true;
        _output = path is null ? null
            : _isJson || path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? new(path, append: false, new UTF8Encoding(false))
            : throw new CommandFailedException("The report's name ends with .csv or .json.", ExitCodes.Usage);
        _output?.Write(_isJson ? "[" : Header);
    }

    /// <summary>Adds the server's answer for one record.</summary>
    internal async Task AddAsync(string file, JsonElement answer)
    {
        if (_output is null)
        {
            return;
        }

        if (_isJson)
        {
            await _output.WriteAsync($"{(_isFirst ? "" : ",")}\n{{\"file\":{JsonSerializer.Serialize(file)},{answer.GetRawText()[1..]}");
            _isFirst = false;
            return;
        }

        string[] cells =
        [
            file, Text(answer, "record"), Text(answer, "line"), Text(answer, "name"), Text(answer, "status"), Findings(answer, "problems"), Findings(answer, "unclear"),
            string.Join(' ', answer.GetProperty("positions").EnumerateArray()),
        ];
        await _output.WriteAsync(string.Join(',', cells.Select(Cell)) + "\r\n");
    }

    public async ValueTask DisposeAsync()
    {
        if (_output is not null)
        {
            await _output.WriteAsync(_isJson ? "\n]\n" : "");
            await _output.DisposeAsync();
        }
    }

    /// <summary>The texts of a record's problems or doubts, joined to one text.</summary>
    internal static string Findings(JsonElement answer, string name) => string.Join(" | ", answer.GetProperty(name).EnumerateArray()
        .Select(f => f.TryGetProperty("field", out var field) ? $"{field.GetString()}: {f.GetProperty("reason").GetString()}" : f.GetProperty("reason").GetString()));

    /// <summary>The cell in quotes, with an apostrophe before a text that a spreadsheet would execute.</summary>
    private static string Cell(string text) =>
        $"\"{(text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) ? value.ToString() : "";
}
