using System.Globalization;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>The parts of a work of Crossref's REST API that are read. A member of an unexpected JSON type counts as absent.</summary>
/// <param name="Json">The JSON of the work.</param>
internal readonly record struct CrossrefWork(JsonElement Json)
{
    internal string? DoiOf => Doi.Normalise(Text("DOI"));

    internal string? Title => Array("title").Select(AsText).FirstOrDefault(t => t is not null) ?? Text("title");

    internal string? Publisher => Text("publisher");

    internal string? Member => Text("member");

    internal string? Language => Text("language");

    /// <summary>When it was first published; null where that is unknown.</summary>
    internal string? PublishedAt => DateOf("published") ?? DateOf("issued") ?? DateOf("published-online") ?? DateOf("published-print");

    internal IReadOnlyList<string> Subjects => [.. Array("subject").Select(AsText).OfType<string>()];

    /// <summary>The names of the authors, each with its ORCID where it has one.</summary>
    internal IReadOnlyList<string> Authors =>
    [
        .. from author in Array("author")
           where author.ValueKind == JsonValueKind.Object
           let work = new CrossrefWork(author)
           let name = work.Text("name") ?? string.Join(' ', new[] { work.Text("given"), work.Text("family") }.OfType<string>())
           where name.Length > 0
           select IdentityNames.Of(work.Text("ORCID")) is { } orcid && orcid.StartsWith("orcid:", StringComparison.Ordinal) ? $"{name} ({orcid})" : name,
    ];

    /// <summary>The updates of other works for which this work is the notice.</summary>
    internal IReadOnlyList<Update> UpdateTo => Updates("update-to");

    /// <summary>The updates of this work for which other works are the notices.</summary>
    internal IReadOnlyList<Update> UpdatedBy => Updates("updated-by");

    /// <summary>A date from its parts: one, two or three numbers. Null for <c>[null]</c> and for dates that the calendar does not have.</summary>
    internal string? DateOf(string name)
    {
        if (Json.ValueKind != JsonValueKind.Object || !Json.TryGetProperty(name, out var date) || date.ValueKind != JsonValueKind.Object
            || new CrossrefWork(date).Array("date-parts").FirstOrDefault() is not { ValueKind: JsonValueKind.Array } parts)
        {
            return null;
        }

        var numbers = parts.EnumerateArray().TakeWhile(p => p.ValueKind == JsonValueKind.Number && p.TryGetInt32(out _)).Select(p => p.GetInt32()).Take(3).ToList();
        var text = string.Join('-', numbers.Select((n, i) => n.ToString(i == 0 ? "0000" : "00", CultureInfo.InvariantCulture)));
        return numbers.Count > 0 && PartialDate.TryInterval(text, TimeZoneInfo.Utc, out _) ? text : null;
    }

    internal string? Text(string name) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) ? AsText(value) : null;

    private IReadOnlyList<Update> Updates(string name) =>
    [
        .. from update in Array(name)
           where update.ValueKind == JsonValueKind.Object
           let work = new CrossrefWork(update)
           select new Update(work.DoiOf, work.Text("type") ?? "", work.DateOf("updated"), work.Text("source") is null or "publisher"),
    ];

    private JsonElement.ArrayEnumerator Array(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;

    private static string? AsText(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? Texts.Printable(text.Trim()) : null;

    /// <summary>One update.</summary>
    /// <param name="Other">The DOI of the other work; null where it is not a DOI.</param>
    /// <param name="Type">The type as written in the file.</param>
    /// <param name="Date">When it was made; null where that is unknown.</param>
    /// <param name="IsByPublisher">Whether the publisher asserts it, rather than somebody else.</param>
    internal sealed record Update(string? Other, string Type, string? Date, bool IsByPublisher);
}
