namespace Ledger.Formats;

/// <summary>The twelve update types of Crossref's metadata, and what each means in the ledger.</summary>
public static class CrossrefUpdate
{
    /// <summary>
    /// The effect of each update type: <c>retraction</c>, <c>partial</c>, <c>concern</c>, <c>clarification</c>, <c>update</c> or <c>version</c>.
    /// </summary>
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

    /// <summary>The type in the form of <see cref="Effects"/>; null for an unknown one.</summary>
    public static string? TypeOf(string? text) =>
        text?.Trim().ToLowerInvariant().Replace('-', '_').Replace(' ', '_') is { } type && Effects.ContainsKey(type) ? type : null;

    /// <summary>The text of an update's notice: its type as Crossref names it, because Crossref does not have the words of the notice.</summary>
    public static string TextOf(string type) => TextStart + type;

    /// <summary>The type in the text of a notice; null where <see cref="TextOf"/> did not make the text.</summary>
    public static string? TypeOfText(string text) => text.StartsWith(TextStart, StringComparison.Ordinal) ? TypeOf(text[TextStart.Length..]) : null;

    /// <summary>A type in words, such as <c>Expression of concern</c>.</summary>
    public static string LabelOf(string type) => char.ToUpperInvariant(type[0]) + type[1..].Replace('_', ' ');
}
