using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>The headers of a stored event, in the parts that its leaf needs.</summary>
/// <param name="RecordedBy">The id of the principal's key.</param>
/// <param name="Salts">The salts that open the commitments.</param>
/// <param name="Committed">The headers to which the leaf commits; null under schema 1.</param>
public sealed record LeafHeaders(string RecordedBy, SaltRecord Salts, CommittedHeaders? Committed)
{
    /// <summary>
    /// The header that holds the schema of an event's leaf: 2, or absent for schema 1. The leaf does not commit to it, because another schema gives
    /// another leaf.
    /// </summary>
    public const string SchemaName = "leaf";

    /// <summary>The name under which the leaf commits to the correlation, which is stored in its own column.</summary>
    private const string CorrelationName = "correlation";
    private const string RecordedByName = "recordedBy";
    private const string SaltName = "salt";

    /// <summary>Reads the stored JSON with the event's correlation; <paramref name="problem"/> tells why these give no leaf.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, string? correlation, [NotNullWhen(true)] out LeafHeaders? headers, [NotNullWhen(false)] out string? problem)
    {
        headers = null;
        if (!CanonicalJson.TryParse(json, out var document, out problem))
        {
            return false;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || CanonicalJson.Members(document.RootElement) is not { } members)
            {
                problem = "The headers are no JSON object.";
                return false;
            }

            var (recordedBy, salts, schema) = ((string?)null, (SaltRecord?)null, EventLeaf.FirstSchemaVersion);
            var others = new List<(string Name, JsonElement Value)>(members.Length);
            foreach (var member in members)
            {
                switch (member.Name)
                {
                    case RecordedByName:
                        recordedBy = CanonicalJson.Text(member.Value);
                        break;
                    case SaltName:
                        salts = SaltRecord.Read(member.Value);
                        break;
                    case SchemaName:
                        schema = member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var number) ? number : 0;
                        break;
                    default:
                        others.Add(member);
                        break;
                }
            }

            problem = recordedBy is null ? "The headers do not say who recorded the event."
                : salts is null ? "The headers have no salt record."
                : schema is EventLeaf.FirstSchemaVersion || (schema is EventLeaf.SchemaVersion && !others.Exists(member => member.Name == CorrelationName)) ? null
                : $"The headers have a {SchemaName} that is no schema, or a {CorrelationName}, which belongs into its column.";
            if (problem is not null)
            {
                return false;
            }

            CommittedHeaders? committed = null;
            if (schema == EventLeaf.SchemaVersion && !TryCommit(others, correlation, salts!, json.Length, out committed, out problem))
            {
                return false;
            }

            headers = new(recordedBy!, salts!, committed);
            return true;
        }
    }

    private static bool TryCommit(
        List<(string Name, JsonElement Value)> others,
        string? correlation,
        SaltRecord salts,
        int lengthBytes,
        [NotNullWhen(true)] out CommittedHeaders? committed,
        [NotNullWhen(false)] out string? problem)
    {
        if (salts is SaltRecord.Parts { Headers: { } parts })
        {
            // Words of these headers were erased. What remains cannot be compared with the commitment to the whole header.
            others.RemoveAll(member => parts.Erased.ContainsKey(member.Name));
        }

        return CommittedHeaders.TryCreate(others, correlation is null ? null : (CorrelationName, correlation), lengthBytes, out committed, out problem);
    }
}
