using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Ledger.Formats;

/// <summary>
/// Reads a desk's own spreadsheet as CSV, with a mapping of its columns. A row is a page with what it claims and, where there is one, a notice on that.
/// </summary>
public sealed class MappedCsvFormat : IArchiveFormat
{
    private static readonly string[] Kinds = ["correction", "clarification", "update", "retraction", "concern"];

    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mapping = CsvMapping.Parse(options.Mapping);
        await foreach (var row in CsvRows.ReadAsync(input, detectSeparator: true, [.. mapping.Columns.Values.Select(c => c.Column)], cancellationToken))
        {
            var record = new RecordBuilder(row.Number, row.Line);
            new Row(record, row, mapping, options).Map();
            yield return record.Build();
        }
    }

    private sealed class Row(RecordBuilder record, CsvRow row, CsvMapping mapping, ArchiveOptions options)
    {
        internal void Map()
        {
            record.Name = Cell("id") ?? Cell("url");
            if (row.Problem is { } problem)
            {
                record.Refuse(problem.Field, problem.Reason);
            }
            else if (row.FormulaColumn is { } formula)
            {
                record.Refuse(formula, "The cell is a formula, which a spreadsheet would run; write its value.");
            }

            if (row.HasInvalidText)
            {
                record.Unclear(null, "It has bytes that are not UTF-8; each stands in the text as U+FFFD. Save the file as UTF-8.");
            }

            var url = record.Url(Cell("url"), Column("url"), options.BaseAddress);
            var (title, before, after) = (record.Line(Cell("title"), Column("title")), record.Text(Cell("before"), Column("before")), record.Text(Cell("after"), Column("after")));
            var said = before ?? record.Text(Cell("claim"), Column("claim"));
            var notice = record.Text(Cell("notice"), Column("notice")) ?? after;
            var kind = Cell("kind")?.ToLowerInvariant() ?? "correction";
            if (url is null)
            {
                record.Refuse(Column("url"), "The row has no web address of a page.");
            }
            else if (said is null && title is null)
            {
                record.Refuse(Column("title"), "The row says neither what the page claims nor how it is called.");
            }
            else if (notice is not null && !Kinds.Contains(kind))
            {
                record.Refuse(Column("kind"), $"\"{kind}\" is none of {string.Join(", ", Kinds)}.");
            }

            if (!record.IsRefused)
            {
                Map(url!, title ?? url!, said, new(kind, notice, before, after));
            }
        }

        private void Map(string url, string title, string? said, Told told)
        {
            var given = Cell("publisher");
            var name = IdentityNames.Of(url)!;
            var publisher = IdentityNames.Of(given) is { } own
                ? record.Party(new("party", [own]), null, "publisher", Column("publisher"))
                : record.Party(new("party", [IdentityNames.SiteOf(url)!]), given ?? options.Publisher ?? IdentityNames.SiteOf(url)!["https://".Length..], "publisher", Column("publisher"));
            var (published, noticed) = (Time("publishedAt"), Time("noticeDate"));
            var known = (JsonNode?)published ?? Dates.Inferred(noticed);
            var language = Cell("language") is { Length: <= 35 } tag ? tag : null;
            var source = record.Source(new("source", [name]), publisher, new("article", title, url) { PublishedAt = known, Language = language });
            var identity = Cell("claimId") is { } id ? $"{name}#{id}" : said is null ? $"{name}#headline" : $"{name}#{KeyParts.Hash(said)}";
            var attribution = new JsonArray(new JsonObject { ["party"] = publisher, ["role"] = "publisher" });
            if (record.Line(Cell("author"), Column("author")) is { } author)
            {
                attribution.Insert(0, new JsonObject { ["description"] = author, ["role"] = "author" });
            }

            var claim = record.Claim(new("assertion", [identity]), source, said ?? title, new(attribution)
            {
                Part = said is null ? "headline" : null, PublishedAt = known, Language = language,
                Topics = record.Text(Cell("topic"), Column("topic"), Domain.Limits.WordCodePointsMax) is { } topic ? [topic] : null,
            });
            if (told.Notice is null)
            {
                return;
            }

            var key = Cell("id") is { } row ? $"{IdentityNames.SiteOf(url)}:{row}" : KeyParts.Hash($"{name} {told.Notice} {noticed} {said}");
            record.Notice(claim, publisher, $"csv:{KeyParts.Short(key)}:{told.Kind}", new(told.Kind, told.Notice, record.Line(Cell("reason"), Column("reason")) ?? "The row gives no reason.")
            {
                Url = record.Url(Cell("noticeUrl"), Column("noticeUrl"), options.BaseAddress), Citation = url, PublishedAt = noticed, Before = told.Before, After = told.After,
            });
        }

        private string Column(string field) => mapping.Columns.TryGetValue(field, out var column) ? column.Column : field;

        private string? Cell(string field) => mapping.Columns.TryGetValue(field, out var column) ? row[column.Column] : null;

        private string? Time(string field)
        {
            var format = mapping.Columns.TryGetValue(field, out var column) ? column.Format : null;
            var text = Cell(field);
            return format is not null && DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : record.Time(text, Column(field));
        }

        private sealed record Told(string Kind, string? Notice, string? Before, string? After);
    }
}
