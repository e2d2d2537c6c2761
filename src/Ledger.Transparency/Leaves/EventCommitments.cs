using System.Diagnostics.CodeAnalysis;

namespace Ledger.Transparency;

/// <summary>What a leaf holds in place of the stream's id and of the data, computed from whatever salts there still are.</summary>
/// <param name="Stream">The commitment to the stream's id.</param>
/// <param name="Fields">The commitment to each field, erased ones too, in canonical order.</param>
internal sealed record EventCommitments(Digest Stream, IReadOnlyList<(string Name, Digest Commitment)> Fields)
{
    public static bool TryCompute(
        string stream,
        EventPayload payload,
        SaltRecord salts,
        [NotNullWhen(true)] out EventCommitments? commitments,
        [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        commitments = salts is SaltRecord.Parts parts
            ? FromParts(stream, payload, parts, out problem)
            : FromWhole(stream, payload, (SaltRecord.Whole)salts);
        return commitments is not null;
    }

    private static EventCommitments FromWhole(string stream, EventPayload payload, SaltRecord.Whole salts)
    {
        var derivation = new SaltDerivation(salts.EventSalt);
        var fields = new (string, Digest)[payload.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            var (name, canonical) = payload[i];
            var path = Commitment.FieldPath(name);
            fields[i] = (name, Commitment.Commit(derivation.SaltOf(path), path, canonical.Span));
        }

        return new EventCommitments(Commitment.CommitToStream(derivation.SaltOf(Commitment.StreamPath), stream), fields);
    }

    private static EventCommitments? FromParts(string stream, EventPayload payload, SaltRecord.Parts salts, out string? problem)
    {
        var fields = new List<(string Name, Digest Commitment)>(payload.Count + salts.Erased.Count);
        for (var i = 0; i < payload.Count; i++)
        {
            var (name, canonical) = payload[i];
            if (!salts.Fields.TryGetValue(name, out var salt))
            {
                problem = $"The field {name} has a value but no salt.";
                return null;
            }

            fields.Add((name, Commitment.Commit(salt, Commitment.FieldPath(name), canonical.Span)));
        }

        if (salts.Fields.Keys.Except(payload.FieldNames, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            problem = $"The field {missing} has a salt but no value.";
            return null;
        }

        fields.AddRange(salts.Erased.Select(erased => (erased.Key, erased.Value)));
        fields.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        problem = null;
        return new EventCommitments(Commitment.CommitToStream(salts.Stream, stream), fields);
    }
}
