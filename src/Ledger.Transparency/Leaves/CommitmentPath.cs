namespace Ledger.Transparency;

/// <summary>
/// Says which value of an event a commitment is of: <c>/stream</c>, <c>/data/name</c>, <c>/headers/name</c>. The rest of the path is the
/// name as it is, so that no two values share a path.
/// </summary>
public static class CommitmentPath
{
    /// <summary>The stream's id.</summary>
    public const string Stream = "/stream";

    /// <summary>The header whose words are taken from the data, and go with it.</summary>
    public const string TagsHeader = "tags";

    /// <summary>UTF-16 units of the longest path.</summary>
    internal const int LengthMax = 9 + EventPayload.FieldNameLengthMax;

    private const string DataPrefix = "/data/";
    private const string HeadersPrefix = "/headers/";

    /// <summary>A top-level field of the data.</summary>
    public static string OfField(string name) => DataPrefix + name;

    /// <summary>A header; committed to since schema 2.</summary>
    public static string OfHeader(string name) => HeadersPrefix + name;

    /// <summary>What an erasure took from which events: the fields of some, the tags of some.</summary>
    public static IEnumerable<(long Position, string Path)> OfErasure(
        IEnumerable<long> positions, IReadOnlyCollection<string> fields, IEnumerable<long>? tagsOf) =>
        positions.SelectMany(position => fields.Select(field => (position, OfField(field))))
            .Concat((tagsOf ?? []).Select(position => (position, OfHeader(TagsHeader))));

    /// <summary>The name of the field that a path is of; null where it is of none.</summary>
    internal static string? FieldOf(string path) => path.StartsWith(DataPrefix, StringComparison.Ordinal) ? path[DataPrefix.Length..] : null;

    /// <summary>The path in words, for people.</summary>
    internal static string Describe(string path) => FieldOf(path) is { } field ? $"field {field}"
        : path.StartsWith(HeadersPrefix, StringComparison.Ordinal) ? $"header {path[HeadersPrefix.Length..]}" : path;
}
