using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>
/// What is stored beside an event's data and committed to since schema 2: each of its headers but those that the leaf has a place for, by
/// whatever name, and the column of the correlation. What an erasure took words from is not among it: its rest is not proven.
/// </summary>
public sealed class CommittedHeaders
{
    /// <summary>
    /// Bytes of all values in canonical form; with it a receipt stays within its own bound. The longest tags that the ledger makes have
    /// some 50,000.
    /// </summary>
    public const int LengthMax = 100_000;

    private static readonly string Bounds = $"An event has at most {EventPayload.FieldCountMax} headers, "
        + $"with names of at most {EventPayload.FieldNameLengthMax} characters, and values of {LengthMax} bytes together.";

    private CommittedHeaders(CanonicalMembers members) => Members = members;

    /// <summary>The names in canonical order.</summary>
    public IEnumerable<string> Names => Members.Names;

    internal CanonicalMembers Members { get; }

    /// <summary>Takes members in canonical order, and a text that belongs among them.</summary>
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

    /// <summary>Reads the object that a receipt shows; null where it is none.</summary>
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
