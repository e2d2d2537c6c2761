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
    /// Erases top-level fields, and what opens headers that lost words. Names that the event has not, or has lost already, are passed
    /// over, so that one request can name the same for many events.
    /// </summary>
    /// <param name="data">The event's data as stored.</param>
    /// <param name="headers">What is committed to beside it, with the words that are to go; null under schema 1.</param>
    /// <param name="salts">The salt record as stored.</param>
    /// <param name="fieldNames">The fields to erase.</param>
    /// <param name="headerNames">The headers of which the caller takes words away.</param>
    /// <param name="erased">What is left.</param>
    /// <param name="problem">Why nothing can be erased.</param>
    public static bool TryErase(
        ReadOnlyMemory<byte> data,
        CommittedHeaders? headers,
        SaltRecord salts,
        IReadOnlyCollection<string> fieldNames,
        IReadOnlyCollection<string> headerNames,
        [NotNullWhen(true)] out ErasedEvent? erased,
        [NotNullWhen(false)] out string? problem)
    {
        erased = null;
        if (!EventPayload.TryParse(data, out var payload, out problem))
        {
            return false;
        }

        var parts = salts.Split(payload.FieldNames, headers?.Names);
        if (headers is null != parts.Headers is null)
        {
            problem = "The salts are not those of the event's schema.";
            return false;
        }

        var gone = fieldNames.ToHashSet(StringComparer.Ordinal);
        if (!TryErase(payload.Fields, parts.Fields, parts.Erased, gone, CommitmentPath.OfField, out var fields, out problem))
        {
            return false;
        }

        if (headers is not null && parts.Headers is { } others)
        {
            if (!TryErase(headers.Members, others.Salts, others.Erased, [.. headerNames], CommitmentPath.OfHeader, out var left, out problem))
            {
                return false;
            }

            parts = parts with { Headers = left };
        }

        erased = new ErasedEvent(
            Without(data, gone), parts with { Fields = fields.Salts, Erased = fields.Erased }, [.. payload.FieldNames.Where(gone.Contains)]);
        return true;
    }

    /// <summary>Puts the commitment of each name that is asked for in the place of its salt.</summary>
    private static bool TryErase(
        CanonicalMembers members,
        IReadOnlyDictionary<string, Digest> salts,
        IReadOnlyDictionary<string, Digest> erased,
        HashSet<string> asked,
        Func<string, string> pathOf,
        out SaltRecord.HeaderSalts left,
        [NotNullWhen(false)] out string? problem)
    {
        var kept = new SortedDictionary<string, Digest>(StringComparer.Ordinal);
        var commitments = new SortedDictionary<string, Digest>(erased.ToDictionary(), StringComparer.Ordinal);
        problem = null;
        for (var i = 0; i < members.Count && problem is null; i++)
        {
            var (name, canonical) = members[i];
            var path = pathOf(name);
            if (!salts.TryGetValue(name, out var salt))
            {
                problem = $"The {CommitmentPath.Describe(path)} has a value but no salt.";
            }
            else if (asked.Contains(name))
            {
                commitments.Add(name, Commitment.Commit(salt, path, canonical.Span));
            }
            else
            {
                kept.Add(name, salt);
            }
        }

        left = new(kept, commitments);
        return problem is null;
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
