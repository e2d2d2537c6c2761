using System.Buffers;

namespace Ledger.Server;

/// <summary>The cells of the CSV that the ledger writes (RFC 4180).</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    /// <summary>Spreadsheets run a cell that begins with one of these as a formula.</summary>
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t");

    /// <summary>A cell, in quotes where it needs them. A text that a spreadsheet would run as a formula gets an apostrophe in front.</summary>
    internal static string Cell(string? text)
    {
        var safe = text is { Length: > 0 } && Formula.Contains(text[0]) ? "'" + text : text ?? "";
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
