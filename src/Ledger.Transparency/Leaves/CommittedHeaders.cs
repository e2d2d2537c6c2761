using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>
/// The headers to which a leaf commits, since schema 2. They are all headers of the event, whatever their names, except those that the leaf holds
/// itself, and the correlation column. A header from which an erasure removed words is not included, so its rest is not proven.
/// </summary>
public sealed class CommittedHeaders
{
    /// <summary>
    /// The greatest size of all values in canonical form, in bytes. It keeps a receipt within its own bound. The longest tags that the ledger makes
    /// have about 50,000 bytes.
    /// </summary>
    public const int LengthMax = 100_000;

    private static readonly string Bounds = $"An event has at most {EventPayload.FieldCountMax} headers, "
        + $"with names of at most {EventPayload.FieldNameLengthMax} characters, and values of {LengthMax} bytes together.";

    private CommittedHeaders(CanonicalMembers members) => Members = members;

    /// <summary>The names in canonical order.</summary>
    public IEnumerable<string> Names => Members.Names;

    internal CanonicalMembers Members { get; }

    /// <summary>Makes the headers from members in canonical order and, where there is one, a further text that is sorted in.</summary>
    internal static bool TryCreate(
        IReadOnlyList<(string Name, JsonElement Value)> members,
        (string Name, string Text)? more,
        int lengthBytes,
        [NotNullWhen(true)] out CommittedHeaders? headers,
        [NotNullWhen(false)] out string? problem)
    {
        headers = null;
        problem = members.Count > EventPayload.FieldCountMax || members.Any(member => member.Name.Length > EventPayload.FieldNameLengthMax)
            ? Bounds : null;
        var canonical = new CanonicalMembers(Math.Min(lengthBytes, LengthMax), members.Count + 1);
        for (var i = 0; i < members.Count && problem is null; i++)
        {
            canonical.TryAdd(members[i].Name, members[i].Value, out problem);
        }

        if (problem is not null)
        {
            return false;
        }

        if (more is var (text, content))
        {
            if (!canonical.TryAdd(text, content, out problem))
            {
                return false;
            }

            canonical.Sort();
        }

        problem = canonical.Length > LengthMax ? Bounds : null;
        headers = problem is null ? new(canonical) : null;
        return headers is not null;
    }

    /// <summary>Reads the headers of a receipt; null where they are not valid.</summary>
    internal static CommittedHeaders? Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && CanonicalJson.Members(json) is { } members
        && TryCreate(members, null, JsonMarshal.GetRawUtf8Value(json).Length, out var headers, out _) ? headers : null;

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        for (var i = 0; i < Members.Count; i++)
        {
            var (name, canonical) = Members[i];
            writer.WritePropertyName(name);
            writer.WriteRawValue(canonical.Span);
        }

        writer.WriteEndObject();
    }
}
