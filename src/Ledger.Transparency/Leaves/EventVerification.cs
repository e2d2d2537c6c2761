namespace Ledger.Transparency;

/// <summary>
/// Computes an event's leaf from what is stored, and compares it with the log. The log, not the salt record, decides what was erased by which event.
/// The caller collects this from the <c>payload_erased</c> events that name the position.
/// </summary>
public static class EventVerification
{
    /// <summary>Compares the event with the hash in the tree.</summary>
    /// <param name="stored">The event as stored.</param>
    /// <param name="salts">Its salts as stored.</param>
    /// <param name="leafHash">The hash of the leaf at index position − 1.</param>
    /// <param name="erasedBy">
    /// For each path (<see cref="CommitmentPath"/>) that the log says was erased in this event, the position of the erasing event.
    /// </param>
    public static LeafVerdict AgainstHash(
        CommittedEvent stored, SaltRecord salts, in Digest leafHash, IReadOnlyDictionary<string, long> erasedBy)
    {
        if (!EventLeaf.TryEncode(stored, salts, out var leaf, out var problem))
        {
            return new LeafVerdict.Tampered(problem);
        }

        return MerkleHashing.Leaf(leaf) == leafHash
            ? CheckErasures(stored, salts, erasedBy)
            : new LeafVerdict.Tampered("the stored event does not give the leaf that stands in the tree");
    }

    /// <summary>Compares the event with the published leaf itself. So the verdict can name what differs.</summary>
    /// <param name="stored">The event as stored.</param>
    /// <param name="salts">Its salts as stored.</param>
    /// <param name="logged">The leaf from the log's entries, already checked against the tree.</param>
    /// <param name="erasedBy">
    /// For each path (<see cref="CommitmentPath"/>) that the log says was erased in this event, the position of the erasing event.
    /// </param>
    public static LeafVerdict AgainstLeaf(
        CommittedEvent stored, SaltRecord salts, ReadOnlyMemory<byte> logged, IReadOnlyDictionary<string, long> erasedBy)
    {
        if (!EventLeaf.TryEncode(stored, salts, out var leaf, out var problem))
        {
            return new LeafVerdict.Tampered(problem);
        }

        return logged.Span.SequenceEqual(leaf)
            ? CheckErasures(stored, salts, erasedBy)
            : new LeafVerdict.Tampered(LeafDifference.Describe(logged, leaf));
    }

    private static LeafVerdict CheckErasures(CommittedEvent stored, SaltRecord salts, IReadOnlyDictionary<string, long> erasedBy)
    {
        var erased = salts is SaltRecord.Parts parts ? ErasedPaths(parts) : [];
        if (erased.Find(path => !erasedBy.ContainsKey(path)) is { } unexplained)
        {
            return new LeafVerdict.Tampered($"the {CommitmentPath.Describe(unexplained)} is missing and no event of the log erased it");
        }

        // An erasure may name fields that this event never had. If the event still has such a field, the erasure was not carried out or was undone.
        // Headers are not tested, because tags are made again when a dump is restored.
        if (erasedBy.Count > 0
            && EventPayload.TryParse(stored.Data, out var payload, out _)
            && payload.FieldNames.Select(CommitmentPath.OfField).FirstOrDefault(erasedBy.ContainsKey) is { } survivor)
        {
            return new LeafVerdict.Tampered($"the {CommitmentPath.Describe(survivor)} is there although event {erasedBy[survivor]} erased it");
        }

        return erased.Count > 0
            ? new LeafVerdict.ErasedBy([.. erased.Select(path => erasedBy[path]).Distinct().Order()])
            : new LeafVerdict.Intact();
    }

    private static List<string> ErasedPaths(SaltRecord.Parts parts) =>
        [.. parts.Erased.Keys.Select(CommitmentPath.OfField), .. (parts.Headers?.Erased.Keys ?? []).Select(CommitmentPath.OfHeader)];
}
