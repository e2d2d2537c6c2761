using System.Globalization;
using System.Runtime.CompilerServices;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>
/// Reads the public CSV of the Retraction Watch database, where each row is a notice. The rows of one paper have no order. So all rows are read first
/// and then returned in the order of their dates.
/// </summary>
public sealed class RetractionWatchFormat : IArchiveFormat
{
    private const int DaysUnknownLast = 10_000_000;

    private static readonly string[] Required = ["Record ID", "Title", "RetractionNature", "OriginalPaperDOI", "RetractionDate"];

    /// <inheritdoc/>
    public string Name => "retraction-watch";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var spool = new SortedSpool<Kept>();
        var reinstated = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in CsvRows.ReadAsync(input, detectSeparator: false, Required, cancellationToken))
        {
            var kept = new Kept(row.Number, row.Line, Aligned(row.Cells), row.Problem?.Reason, row.HasInvalidText);
            if (NatureOf(kept.Row) == Nature.Reinstatement)
            {
                reinstated.Add(NamesOf(kept.Row)[0]);
            }

            spool.Add(OrderOf(kept.Row), kept);
        }

        var retraction = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var kept in spool.ReadAsync(cancellationToken))
        {
            yield return RecordOf(kept, options, retraction, reinstated) with { Total = spool.Count };
        }
    }

    /// <summary>The order of notices on the same day: notices on a paper that is not retracted come before the retraction.</summary>
    private enum Nature
    {
        Unknown,
        Correction,
        Concern,
        Retraction,
        Reinstatement,
    }

    private static Nature NatureOf(RetractionWatchRow row) => row["RetractionNature"]?.ToUpperInvariant() switch
    {
        "RETRACTION" => Nature.Retraction,
        "EXPRESSION OF CONCERN" => Nature.Concern,
        "CORRECTION" => Nature.Correction,
        "REINSTATEMENT" => Nature.Reinstatement,
        _ => Nature.Unknown,
    };

    private static long OrderOf(RetractionWatchRow row)
    {
        var nature = NatureOf(row);
        var day = row.Date("RetractionDate") is { } date ? DateOnly.Parse(date, CultureInfo.InvariantCulture).DayNumber : nature == Nature.Reinstatement ? DaysUnknownLast : 0;
        return (day * 10L) + (int)nature;
    }

    private static List<string> NamesOf(RetractionWatchRow row)
    {
        string?[] names =
        [
            Doi.Normalise(row["OriginalPaperDOI"]) is { } doi ? $"doi:{doi}" : null, row.PubMedId("OriginalPaperPubMedID") is { } id ? $"pmid:{id.TrimStart('0')}" : null,
        ];
        return names.OfType<string>().ToList() is { Count: > 0 } known ? known : [$"retraction-watch:{row["Record ID"]}"];
    }

    private static ArchiveRecord RecordOf(Kept kept, ArchiveOptions options, Dictionary<string, string> retraction, HashSet<string> reinstated)
    {
        var row = kept.Row;
        var names = NamesOf(row);
        var record = new ArchiveRecord { Number = kept.Number, Line = kept.Line, Name = Texts.Cut(row["Record ID"] is { } id ? $"{id} {names[0]}" : names[0], 200) };
        var nature = NatureOf(row);
        if (RefusalOf(kept, nature) is { } refusal)
        {
            return record with { Refusal = refusal };
        }

        var paper = PaperOf(row, names, options);
        var key = $"retraction-watch:{row["Record ID"]}:{nature.ToString().ToLowerInvariant()}";
        var notice = NoticeOf(row, nature, paper, key) with { Withdraws = nature == Nature.Reinstatement ? retraction.GetValueOrDefault(names[0]) : null };
        if (nature == Nature.Retraction && reinstated.Contains(names[0]))
        {
            retraction[names[0]] = key;
        }

        return record with { Commands = [.. paper.Commands(), notice], Identities = paper.Identities, Unclear = [.. UnclearOf(kept, names)] };
    }

    private static Finding? RefusalOf(Kept kept, Nature nature) =>
        kept.Problem is { } problem ? new(null, problem)
        : kept.Row.NoticeId is null ? new("Record ID", $"\"{Texts.Cut(kept.Row["Record ID"] ?? "", 40)}\" is no number: without it the row could not be recognised when it is imported again.")
        : kept.Row["Title"] is null ? new("Title", "The row has no title.")
        : nature == Nature.Unknown ? new("RetractionNature", $"\"{Texts.Cut(kept.Row["RetractionNature"] ?? "", 40)}\" is none of Retraction, Expression of concern, Correction, Reinstatement.")
        : null;

    private static Paper PaperOf(RetractionWatchRow row, IReadOnlyList<string> names, ArchiveOptions options) => new()
    {
        Names = names,
        Title = Texts.Printable(row["Title"]!),
        Publisher = PublisherOf(row, names, options),
        PublishedAt = row.Date("OriginalPaperDate"),
        Authors = row.List("Author"),
        Topics = [.. row.List("Subject").Select(s => Texts.Cut(s, Limits.WordCodePointsMax)).Distinct(StringComparer.Ordinal).Take(Limits.ItemsMax)],
    };

    /// <summary>
    /// The publisher. The names of publishers and journals are the database's own vocabulary: only within the database do the same words mean the same
    /// publisher.
    /// </summary>
    private static (string Name, Identity Identity) PublisherOf(RetractionWatchRow row, IReadOnlyList<string> names, ArchiveOptions options) =>
        row["Publisher"] is { } publisher ? (publisher, new("party", [$"retraction-watch:publisher:{Texts.OnOneLine(publisher)}"]))
        : row["Journal"] is { } journal ? (journal, new("party", [$"retraction-watch:journal:{Texts.OnOneLine(journal)}"]))
        : options.Publisher is { } given ? (given, new("party", [$"publisher:{given}"]))
        : ("Publisher not named", new Identity("party", [$"publisher-of:{names[0]}"]));

    private static ArchiveCommand NoticeOf(RetractionWatchRow row, Nature nature, Paper paper, string key)
    {
        var (claim, text) = (paper.Claim.Id, row.NoticeText());
        var reason = row.List("Reason") is { Count: > 0 } reasons ? Paper.Line(Texts.Printable(string.Join("; ", reasons.Select(r => r.TrimStart('+').Trim())))) : RetractionWatchRow.NoReason;
        var record = $"Retraction Watch, record {row["Record ID"]}";
        if (nature == Nature.Reinstatement)
        {
            return new("withdrawEvent", null, key, Paper.Of(
                ("reason", reason), ("citation", Texts.Cut(text, Limits.LineCodePointsMax)), ("publishedAt", row.Date("RetractionDate"))))
            { WithdrawsOpen = new(claim, "retraction_issued") };
        }

        var body = Paper.Of(
            ("id", row.NoticeId), ("publisher", paper.Publisher.Identity.Id), ("text", Texts.Cut(text, Limits.StatementCodePointsMax)), ("url", UrlOf(row)),
            ("reason", reason), ("citation", record), ("publishedAt", row.Date("RetractionDate")));
        if (nature == Nature.Correction)
        {
            body["kind"] = "update";     // A correction of the ledger needs the words before and after, which the row does not have.
        }

        return new(nature switch { Nature.Retraction => "retractAssertion", Nature.Concern => "expressConcern", _ => "correctAssertion" }, claim, key, body);
    }

    private static string? UrlOf(RetractionWatchRow row) => Doi.Normalise(row["RetractionDOI"]) is { } doi
        ? DoiUrl.Of(doi)
        : row.List("URLS").FirstOrDefault(u => u.Length <= Limits.LineCodePointsMax && Uri.TryCreate(u, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");

    private static IEnumerable<Finding> UnclearOf(Kept kept, List<string> names)
    {
        var row = kept.Row;
        if (kept.HasInvalidText)
        {
            yield return new(null, "The row has bytes that are not UTF-8; each stands as U+FFFD.");
        }

        if (names[0].StartsWith("retraction-watch:", StringComparison.Ordinal))
        {
            yield return new("OriginalPaperDOI", "The paper has neither a DOI nor a PubMed id: it is kept apart from other rows, whatever their titles.");
        }

        foreach (var column in (string[])["RetractionDate", "OriginalPaperDate"])
        {
            if (row.Date(column) is null)
            {
                yield return new(column, row[column] is { } text
                    ? $"\"{Texts.Cut(text, 40)}\" is no date of the form M/D/YYYY: the time counts as unknown."
                    : "There is no date: the time counts as unknown.");
            }
        }

        if (row.NoticeText().Length > Limits.StatementCodePointsMax || row["Reason"]?.Length > Limits.LineCodePointsMax || row["Title"]!.Length > Limits.LineCodePointsMax)
        {
            yield return new(null, "A text was longer than the ledger takes; it ends with an ellipsis.");
        }
    }

    private static RetractionWatchRow Aligned(IReadOnlyDictionary<string, string> cells) =>
        new(RetractionWatchRow.Columns.Where(c => cells.TryGetValue(c, out var cell) && cell.Length > 0).ToDictionary(c => c, c => cells[c], StringComparer.Ordinal));

    /// <summary>A row in the spool, between the first and the second read.</summary>
    private sealed record Kept(long Number, long Line, RetractionWatchRow Row, string? Problem, bool HasInvalidText);
}
