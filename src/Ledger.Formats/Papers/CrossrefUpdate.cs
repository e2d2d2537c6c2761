namespace Ledger.Formats;

/// <summary>The twelve types of update in Crossref's metadata, and what each is here.</summary>
public static class CrossrefUpdate
{
    /// <summary>What an update of a type does: <c>retraction</c>, <c>partial</c>, <c>concern</c>, <c>clarification</c>, <c>update</c> or <c>version</c>.</summary>
    public static IReadOnlyDictionary<string, string> Effects { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["addendum"] = "update",
        ["clarification"] = "clarification",
        ["correction"] = "update",
        ["corrigendum"] = "update",
        ["erratum"] = "update",
        ["expression_of_concern"] = "concern",
        ["new_edition"] = "version",
        ["new_version"] = "version",
        ["partial_retraction"] = "partial",
        ["removal"] = "retraction",
        ["retraction"] = "retraction",
        ["withdrawal"] = "retraction",
    };

    private const string TextStart = "Crossref, update type ";

    /// <summary>The type in the form of the list above; null for an unknown one.</summary>
    public static string? TypeOf(string? text) =>
        text?.Trim().ToLowerInvariant().Replace('-', '_').Replace(' ', '_') is { } type && Effects.ContainsKey(type) ? type : null;

    /// <summary>The text of an update's notice: its type in Crossref's word. Crossref has no words of the notice itself.</summary>
    public static string TextOf(string type) => TextStart + type;

    /// <summary>The type in a notice's text; null where it was not made by <see cref="TextOf"/>.</summary>
    public static string? TypeOfText(string text) => text.StartsWith(TextStart, StringComparison.Ordinal) ? TypeOf(text[TextStart.Length..]) : null;

    /// <summary>A type in words: <c>Expression of concern</c>.</summary>
    public static string LabelOf(string type) => char.ToUpperInvariant(type[0]) + type[1..].Replace('_', ' ');
}
