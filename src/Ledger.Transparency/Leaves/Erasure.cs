using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>What is stored in place of an event's data and salts once some of its fields are erased.</summary>
/// <param name="Data">The surviving fields as a JSON object in UTF-8, each value spelt as it was.</param>
/// <param name="Salts">What still opens the surviving fields, and the bare commitments of the others.</param>
/// <param name="Fields">The fields that were erased now, in canonical order: those asked for that were there.</param>
public sealed record ErasedEvent(ReadOnlyMemory<byte> Data, SaltRecord.Parts Salts, IReadOnlyList<string> Fields);

/// <summary>
/// Makes a value unrecoverable while the leaf stays as it is. Whoever calls this must then destroy every copy of the old
/// value and of the old salts; backups too, for either half is worth nothing without the other.
/// </summary>
public static class Erasure
{
    /// <summary>
    /// Erases top-level fields. Fields that the event has not, or has lost already, are passed over, so that one request can
    /// name the same fields for many events.
    /// </summary>
    public static bool TryErase(
        ReadOnlyMemory<byte> data,
        SaltRecord salts,
        IReadOnlyCollection<string> fieldNames,
        [NotNullWhen(true)] out ErasedEvent? erased,
        [NotNullWhen(false)] out string? problem)
    {
        erased = null;
        if (!EventPayload.TryParse(data, out var payload, out problem))
        {
            return false;
        }

        var asked = fieldNames.ToHashSet(StringComparer.Ordinal);
        var parts = salts.Split(payload.FieldNames);
        var commitments = new SortedDictionary<string, Digest>(parts.Erased.ToDictionary(), StringComparer.Ordinal);
        var gone = new List<string>();
        for (var i = 0; i < payload.Count; i++)
        {
            var (name, canonical) = payload[i];
            if (!parts.Fields.TryGetValue(name, out var salt))
            {
                problem = $"The field {name} has a value but no salt.";
                return false;
            }

            if (asked.Contains(name))
            {
                commitments.Add(name, Commitment.Commit(salt, Commitment.FieldPath(name), canonical.Span));
                gone.Add(name);
            }
        }

        var surviving = payload.FieldNames.Where(name => !asked.Contains(name));
        erased = new ErasedEvent(Without(data, asked), parts.Split(surviving) with { Erased = commitments }, gone);
        return true;
    }

    private static byte[] Without(ReadOnlyMemory<byte> data, HashSet<string> names)
    {
        using var document = JsonDocument.Parse(data);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject().Where(member => !names.Contains(member.Name)))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
