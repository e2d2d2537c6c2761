using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>What is stored in place of an event's data and salts after some of its fields are erased.</summary>
/// <param name="Data">The remaining fields as a JSON object in UTF-8, each value written as it was.</param>
/// <param name="Salts">The salts of the remaining fields, and the commitments of the erased ones.</param>
/// <param name="Fields">The fields that were erased now, in canonical order: the requested fields that existed.</param>
public sealed record ErasedEvent(ReadOnlyMemory<byte> Data, SaltRecord.Parts Salts, IReadOnlyList<string> Fields);

/// <summary>
/// Makes a value unrecoverable while the leaf stays the same. The caller must then destroy every copy of the old
/// value and of the old salts, in backups too. To destroy only one of the two is not enough.
/// </summary>
public static class Erasure
{
    /// <summary>
    /// Erases top-level fields, and the salts of headers that lose words. Names that the event does not have, or has already lost, are
    /// ignored, so that one request can give the same names for many events.
    /// </summary>
    /// <param name="data">The event's data as stored.</param>
    /// <param name="headers">The headers to which the leaf commits, still with the words that are to be erased; null under schema 1.</param>
    /// <param name="salts">The salt record as stored.</param>
    /// <param name="fieldNames">The fields to erase.</param>
    /// <param name="headerNames">The headers from which the caller removes words.</param>
    /// <param name="erased">What remains.</param>
    /// <param name="problem">Why nothing can be erased; null on success.</param>
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

    /// <summary>Replaces the salt of each requested name by its commitment.</summary>
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
