using System.Text.Json;

namespace Ledger.Formats;

/// <summary>The mapping from the columns of a desk's own spreadsheet to fields.</summary>
/// <param name="Columns">The column of each field, with its date format where that is not ISO 8601.</param>
internal sealed record CsvMapping(IReadOnlyDictionary<string, (string Column, string? Format)> Columns)
{
    internal static readonly string[] Fields =
    [
        "id", "url", "title", "publisher", "author", "language", "topic", "publishedAt", "claim", "claimId", "kind", "notice", "noticeUrl", "noticeDate", "before", "after", "reason",
    ];

    /// <summary>Reads a JSON object of columns: <c>{"Link": "url", "Date": {"field": "noticeDate", "format": "dd/MM/yyyy"}}</c>.</summary>
    /// <exception cref="ArchiveFormatException">There is no mapping, it is not such an object, or it names an unknown field.</exception>
    internal static CsvMapping Parse(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            throw new ArchiveFormatException($"The format csv needs a mapping: a JSON object from your columns to the fields {string.Join(", ", Fields)}.");
        }

        var columns = new Dictionary<string, (string, string?)>(StringComparer.Ordinal);
        try
        {
            foreach (var entry in JsonElement.Parse(json, new() { AllowDuplicateProperties = false }).EnumerateObject())
            {
                var isObject = entry.Value.ValueKind == JsonValueKind.Object;
                var field = isObject ? entry.Value.GetProperty("field").GetString()! : entry.Value.GetString()!;
                var format = isObject && entry.Value.TryGetProperty("format", out var given) ? given.GetString() : null;
                if (!Fields.Contains(field, StringComparer.Ordinal))
                {
                    throw new ArchiveFormatException($"The mapping gives the column \"{entry.Name}\" to \"{field}\", which is no field; there are {string.Join(", ", Fields)}.");
                }

                if (!columns.TryAdd(field, (entry.Name, format)))
                {
                    throw new ArchiveFormatException($"The mapping gives two columns to the field {field}.");
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ArchiveFormatException($"The mapping is no JSON object of columns and fields, such as {{\"Link\": \"url\"}}: {e.Message}", e);
        }

        return columns.ContainsKey("url") ? new(columns) : throw new ArchiveFormatException("The mapping has no column for the field url: without it no page could be found again.");
    }
}
