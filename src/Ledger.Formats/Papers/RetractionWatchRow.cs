using System.Globalization;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>
/// A row of the public Retraction Watch file, in its own columns. Columns for which the ledger has no field are kept in the notice's text, one line for
/// each column. So people can read them, and an export can restore the columns.
/// </summary>
/// <param name="Cells">The cells by column, without blank ones.</param>
public sealed record RetractionWatchRow(IReadOnlyDictionary<string, string> Cells)
{
    /// <summary>The columns of the public file, in order. A 21st column without a name follows.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "Record ID", "Title", "Subject", "Institution", "Journal", "Publisher", "Country", "Author", "URLS", "ArticleType", "RetractionDate", "RetractionDOI",
        "RetractionPubMedID", "OriginalPaperDate", "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes",
    ];

    /// <summary>The columns that the text of the notice holds. The notes come last, because they may have several lines.</summary>
    private static readonly string[] InText =
        ["Publisher", "Journal", "Institution", "Country", "ArticleType", "URLS", "RetractionDOI", "RetractionPubMedID", "Paywalled", "Notes"];

    /// <summary>The date formats in the public file. The time of day is always midnight and has no meaning.</summary>
    private static readonly string[] DateForms = ["M/d/yyyy H:mm", "M/d/yyyy", "M/d/yyyy H:mm:ss", "yyyy-MM-dd"];

    private const string NoticeStart = "Retraction Watch, record ";

    /// <summary>The prefix of the id of a record's notice.</summary>
    public const string NoticeIdPrefix = "retraction-watch-";

    /// <summary>The reason of a notice whose row gives none. The ledger requires a reason.</summary>
    public const string NoReason = "none given";

    /// <summary>The cell of a column; null where it is blank.</summary>
    public string? this[string column] => Cells.TryGetValue(column, out var cell) && cell.Length > 0 ? cell : null;

    /// <summary>The id of the row's notice; null where the row has no number.</summary>
    public string? NoticeId => this["Record ID"] is { Length: <= 20 } id && id.All(char.IsAsciiDigit) ? NoticeIdPrefix + id : null;

    /// <summary>The items of a cell with a list, each trimmed.</summary>
    public IReadOnlyList<string> List(string column) => this[column]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>A date as the ledger writes it; null where the cell has none.</summary>
    public string? Date(string column) =>
        DateTime.TryParseExact(this[column], DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    /// <summary>A PubMed id; null for <c>0</c>, <c>unavailable</c> and a blank cell.</summary>
    public string? PubMedId(string column) => this[column] is { Length: <= 12 } id && id.All(char.IsAsciiDigit) && id.Trim('0').Length > 0 ? id : null;

    /// <summary>The text of the row's notice.</summary>
    public string NoticeText() => Texts.Printable(string.Join('\n', InText.Where(c => this[c] is not null)
        .Select(c => $"{c}: {(c == "Notes" ? this[c] : Texts.OnOneLine(this[c]!))}").Prepend($"{NoticeStart}{this["Record ID"]}: {this["RetractionNature"]}")));

    /// <summary>The columns in the text of a notice; null where the text was not made from a row.</summary>
    public static IReadOnlyDictionary<string, string>? OfNoticeText(string text)
    {
        if (!text.StartsWith(NoticeStart, StringComparison.Ordinal))
        {
            return null;
        }

        var lines = text.Split('\n');
        var cells = new Dictionary<string, string>(StringComparer.Ordinal);
        if (lines[0][NoticeStart.Length..].Split(": ", 2) is [var id, var nature])
        {
            (cells["Record ID"], cells["RetractionNature"]) = (id, nature);
        }

        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Split(": ", 2) is [var column, var value] && InText.Contains(column, StringComparer.Ordinal))
            {
                var isLast = column == "Notes";
                cells[column] = isLast ? string.Join('\n', lines[i..])["Notes: ".Length..] : value;
                i = isLast ? lines.Length : i;
            }
        }

        return cells;
    }

    /// <summary>A date of the ledger in the format of the public file. A partial date gives its first day; a missing one gives an empty text.</summary>
    public static string DateCell(StatedTime? time) =>
        time is null ? "" : time.From.UtcDateTime.ToString("M/d/yyyy '0:00'", CultureInfo.InvariantCulture);
}
