namespace Ledger.Transparency;

/// <summary>
/// The path that names the value of an event to which a commitment belongs: <c>/stream</c>, <c>/data/name</c>, <c>/headers/name</c>. The name is
/// not escaped, so that no two values share a path.
/// </summary>
public static class CommitmentPath
{
    /// <summary>The path of the stream's id.</summary>
    public const string Stream = "/stream";

    /// <summary>The name of the header whose words come from the data. When that data is erased, they are erased too.</summary>
    public const string TagsHeader = "tags";

    /// <summary>The length of the longest path, in UTF-16 units.</summary>
    internal const int LengthMax = 9 + EventPayload.FieldNameLengthMax;

    private const string DataPrefix = "/data/";
    private const string HeadersPrefix = "/headers/";

    /// <summary>The path of a top-level field of the data.</summary>
    public static string OfField(string name) => DataPrefix + name;

    /// <summary>The path of a header. Leaves commit to headers since schema 2.</summary>
    public static string OfHeader(string name) => HeadersPrefix + name;

    /// <summary>The erased paths of an erasure, each with the position of its event: the fields of some events, and the tags of some.</summary>
    public static IEnumerable<(long Position, string Path)> OfErasure(
        IEnumerable<long> positions, IReadOnlyCollection<string> fields, IEnumerable<long>? tagsOf) =>
        positions.SelectMany(position => fields.Select(field => (position, OfField(field))))
            .Concat((tagsOf ?? []).Select(position => (position, OfHeader(TagsHeader))));

    /// <summary>The name of the field that a path names; null where it names no field.</summary>
    internal static string? FieldOf(string path) => path.StartsWith(DataPrefix, StringComparison.Ordinal) ? path[DataPrefix.Length..] : null;

    /// <summary>The path in words, for messages.</summary>
    internal static string Describe(string path) => FieldOf(path) is { } field ? $"field {field}"
        : path.StartsWith(HeadersPrefix, StringComparison.Ordinal) ? $"header {path[HeadersPrefix.Length..]}" : path;
}
