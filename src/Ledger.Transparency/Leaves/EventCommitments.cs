using System.Diagnostics.CodeAnalysis;

namespace Ledger.Transparency;

/// <summary>The commitments that a leaf holds in place of the stream's id, the data and the headers, computed from the salts that still exist.</summary>
/// <param name="Stream">The commitment to the stream's id.</param>
/// <param name="Fields">The commitment to each field, erased fields included, in canonical order.</param>
/// <param name="Headers">The commitment to each header, in the same order; null under schema 1.</param>
internal sealed record EventCommitments(
    Digest Stream, IReadOnlyList<(string Name, Digest Commitment)> Fields, IReadOnlyList<(string Name, Digest Commitment)>? Headers)
{
    public static bool TryCompute(
        string stream,
        EventPayload payload,
        CommittedHeaders? headers,
        SaltRecord salts,
        [NotNullWhen(true)] out EventCommitments? commitments,
        [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        commitments = salts is SaltRecord.Parts parts
            ? FromParts(stream, payload, headers, parts, out problem)
            : FromWhole(stream, payload, headers, (SaltRecord.Whole)salts);
        return commitments is not null;
    }

    private static EventCommitments FromWhole(string stream, EventPayload payload, CommittedHeaders? headers, SaltRecord.Whole salts)
    {
        var derivation = new SaltDerivation(salts.EventSalt);
        return new EventCommitments(
            Commitment.CommitToStream(derivation.SaltOf(CommitmentPath.Stream), stream),
            FromWhole(payload.Fields, derivation, CommitmentPath.OfField),
            headers is null ? null : FromWhole(headers.Members, derivation, CommitmentPath.OfHeader));
    }

    private static (string, Digest)[] FromWhole(CanonicalMembers members, in SaltDerivation derivation, Func<string, string> pathOf)
    {
        var commitments = new (string, Digest)[members.Count];
        for (var i = 0; i < commitments.Length; i++)
        {
            var (name, canonical) = members[i];
            var path = pathOf(name);
            commitments[i] = (name, Commitment.Commit(derivation.SaltOf(path), path, canonical.Span));
        }

        return commitments;
    }

    private static EventCommitments? FromParts(
        string stream, EventPayload payload, CommittedHeaders? headers, SaltRecord.Parts salts, out string? problem)
    {
        if (headers is null != salts.Headers is null)
        {
            problem = "The salts are not those of the event's schema.";
            return null;
        }

        var fields = FromParts(payload.Fields, salts.Fields, salts.Erased, CommitmentPath.OfField, out problem);
        var others = problem is null && salts.Headers is { } parts
            ? FromParts(headers!.Members, parts.Salts, parts.Erased, CommitmentPath.OfHeader, out problem)
            : null;
        return problem is null ? new EventCommitments(Commitment.CommitToStream(salts.Stream, stream), fields, others) : null;
    }

    private static List<(string Name, Digest Commitment)> FromParts(
        CanonicalMembers members,
        IReadOnlyDictionary<string, Digest> salts,
        IReadOnlyDictionary<string, Digest> erased,
        Func<string, string> pathOf,
        out string? problem)
    {
        problem = null;
        var commitments = new List<(string Name, Digest Commitment)>(members.Count + erased.Count);
        for (var i = 0; i < members.Count; i++)
        {
            var (name, canonical) = members[i];
            var path = pathOf(name);
            if (!salts.TryGetValue(name, out var salt))
            {
                problem = $"The {CommitmentPath.Describe(path)} has a value but no salt.";
                return commitments;
            }

            commitments.Add((name, Commitment.Commit(salt, path, canonical.Span)));
        }

        if (salts.Keys.Except(members.Names, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            problem = $"The {CommitmentPath.Describe(pathOf(missing))} has a salt but no value.";
            return commitments;
        }

        commitments.AddRange(erased.Select(entry => (entry.Key, entry.Value)));
        commitments.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return commitments;
    }
}
