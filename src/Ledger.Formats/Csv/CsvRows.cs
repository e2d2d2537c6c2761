using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CsvHelper;

namespace Ledger.Formats;

/// <summary>A row of a CSV file below its header.</summary>
/// <param name="Number">The number of the row, from 1, without the header.</param>
/// <param name="Line">The line on which it begins, from 1. It may differ from the number, because a quoted cell may contain line ends.</param>
/// <param name="Cells">The cells by the name of their column, trimmed.</param>
internal sealed partial record CsvRow(long Number, long Line, IReadOnlyDictionary<string, string> Cells)
{
    /// <summary>Why the row cannot be used: more or fewer cells than the header, or a stray quotation mark. Null where it can be used.</summary>
    public Finding? Problem { get; init; }

    /// <summary>Whether it has bytes that are not UTF-8. Each such byte is U+FFFD in the text.</summary>
    public bool HasInvalidText { get; init; }

    /// <summary>The cell of a column; null where it is blank or the file has no such column.</summary>
    internal string? this[string column] => Cells.TryGetValue(column, out var cell) && cell.Length > 0 ? cell : null;

    /// <summary>The first column whose cell a spreadsheet would execute as a formula; null where there is none.</summary>
    internal string? FormulaColumn => Cells.FirstOrDefault(c => Formula().IsMatch(c.Value)).Key;

    /// <summary>
    /// Matches formulas: a function call, a reference to another file, and everything that begins with "=". "+reason", "-5" and "@name" are ordinary
    /// text.
    /// </summary>
    [GeneratedRegex(@"^(?:=|[+\-@][A-Za-z_.]*\(|[+\-@][^|]*\|\s*')", RegexOptions.CultureInvariant)]
    private static partial Regex Formula();
}

/// <summary>Reads CSV (RFC 4180) row by row, with the variations that spreadsheets and databases write.</summary>
internal static class CsvRows
{
    /// <summary>The greatest size of a row, in bytes. It is many times what a command may carry.</summary>
    private const int RowBytesMax = 4 << 20;

    private const int ColumnsMax = 1_000;

    /// <summary>Reads the rows below the header. A header cell without a name, such as after a trailing comma, is no column.</summary>
    /// <param name="input">The input: UTF-8, with or without a byte order mark.</param>
    /// <param name="detectSeparator">Whether the separator may be a semicolon, a tab or a bar, where RFC 4180 has a comma.</param>
    /// <param name="requiredColumns">The columns that the file must have.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ArchiveFormatException">There is no header, a column is missing, or a row exceeds its limit.</exception>
    internal static async IAsyncEnumerable<CsvRow> ReadAsync(
        Stream input, bool detectSeparator, IReadOnlyCollection<string> requiredColumns, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CsvMalformedReason? malformed = null;
        await using var csv = CsvReader.Create(input, new CsvReaderOptions
        {
            Separator = detectSeparator ? null : ',',
            MaxRecordSize = RowBytesMax,
            TrackLineNumbers = true,
            OnMalformedRecord = found => malformed = found.Reason,
        }, leaveOpen: true);
        string[]? header = null;
        while (await NextAsync(csv, cancellationToken))
        {
            header ??= Header(csv, requiredColumns);
            yield return Row(csv, header, malformed);
            malformed = null;
        }

        _ = header ?? Header(csv, requiredColumns);
    }

    private static async Task<bool> NextAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            return await csv.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException e)
        {
            throw new ArchiveFormatException(
                $"The row on line {e.LineNumber} cannot be read (rows have at most {RowBytesMax} bytes): {e.Message} Is a quotation mark missing before it?", e);
        }
    }

    private static string[] Header(CsvReader csv, IReadOnlyCollection<string> requiredColumns)
    {
        string[] header = [.. csv.Headers.Select(h => h.Trim())];
        if (header.All(h => h.Length == 0))
        {
            throw new ArchiveFormatException("The file is empty: a CSV file begins with a line of column names.");
        }

        if (header.Length > ColumnsMax)
        {
            throw new ArchiveFormatException($"The header has more than {ColumnsMax} columns.");
        }

        if (header.Where(h => h.Length > 0).GroupBy(h => h, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArchiveFormatException($"The header has the column \"{twice.Key}\" twice; name each column once.");
        }

        return requiredColumns.Except(header, StringComparer.OrdinalIgnoreCase).ToList() is { Count: > 0 } missing
            ? throw new ArchiveFormatException($"The header has no column {string.Join(", ", missing)}; it has {string.Join(", ", header.Where(h => h.Length > 0))}.")
            : header;
    }

    private static CsvRow Row(CsvReader csv, string[] header, CsvMalformedReason? malformed)
    {
        var cells = new Dictionary<string, string>(header.Length, StringComparer.OrdinalIgnoreCase);
        var isInvalid = false;
        for (var i = 0; i < Math.Min(header.Length, csv.FieldCount); i++)
        {
            if (header[i].Length > 0)
            {
                cells[header[i]] = Unescaped(csv.GetString(i).Trim());
                isInvalid |= cells[header[i]].Contains('\uFFFD', StringComparison.Ordinal);
            }
        }

        var isLong = Enumerable.Range(header.Length, Math.Max(0, csv.FieldCount - header.Length)).Any(i => !string.IsNullOrWhiteSpace(csv.GetString(i)));
        return new(csv.RowNumber, csv.LineNumber, cells)
        {
            Problem = malformed == CsvMalformedReason.UnterminatedQuote ? new(null, "A quotation mark is opened here and never closed; everything behind it would be one cell.")
                : malformed is not null ? new(null, "A quotation mark stands inside a cell, or text behind the closing one; double the marks that belong to the text.")
                : isLong || csv.FieldCount < header.Count(h => h.Length > 0) ? new(null, $"The row has {csv.FieldCount} cells where the header has {header.Length}.")
                : null,
            HasInvalidText = isInvalid,
        };
    }

    /// <summary>Removes the apostrophe that the ledger's own exports put before text that a spreadsheet would execute.</summary>
    private static string Unescaped(string cell) => cell is ['\'', '=' or '+' or '-' or '@' or '\t', ..] ? cell[1..] : cell;
}
