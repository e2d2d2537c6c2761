using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ledger.Transparency;

/// <summary>
/// One event with everything that proves it without a network, except for the log's origin and verifier key. It is a
/// <see cref="TlogProof"/> whose extra line holds the event and the salts of its fields and headers. It never holds the event's own salt, so a
/// receipt opens only what it shows. A receipt that was taken before an erasure stays valid after it.
/// </summary>
public sealed class EventReceipt
{
    private EventReceipt(CommittedEvent stored, SaltRecord.Parts salts, IReadOnlyDictionary<string, long> erasedBy, TlogProof proof)
    {
        Event = stored;
        Salts = salts;
        ErasedBy = erasedBy;
        Proof = proof;
    }

    /// <summary>The event, its data in canonical form.</summary>
    public CommittedEvent Event { get; }

    /// <summary>The salts that open the commitments to the stream's id, to the fields and to the headers.</summary>
    public SaltRecord.Parts Salts { get; }

    /// <summary>
    /// For each erased path (<see cref="CommitmentPath"/>), the log position of the event that erased it. The receipt cannot prove this by itself.
    /// To verify it, ask for the receipt of that position.
    /// </summary>
    public IReadOnlyDictionary<string, long> ErasedBy { get; }

    /// <summary>The proof of the event's leaf.</summary>
    public TlogProof Proof { get; }

    /// <summary>Makes a receipt; <paramref name="problem"/> tells why the stored event gives no leaf.</summary>
    /// <param name="stored">The event as stored.</param>
    /// <param name="salts">Its salts as stored.</param>
    /// <param name="erasedBy">For each path that was erased, the position of the event that erased it.</param>
    /// <param name="path">The inclusion proof of index position − 1 in the checkpoint's tree.</param>
    /// <param name="checkpoint">The signed checkpoint.</param>
    /// <param name="receipt">The receipt.</param>
    /// <param name="problem">What is wrong with the event; null on success.</param>
    public static bool TryCreate(
        CommittedEvent stored,
        SaltRecord salts,
        IReadOnlyDictionary<string, long> erasedBy,
        IReadOnlyList<Digest> path,
        SignedNote checkpoint,
        [NotNullWhen(true)] out EventReceipt? receipt,
        [NotNullWhen(false)] out string? problem)
    {
        receipt = null;
        if (!EventLeaf.TryEncode(stored, salts, out _, out problem)
            || !EventPayload.TryParse(stored.Data, out var payload, out problem))
        {
            return false;
        }

        var parts = salts.Split(payload.FieldNames, stored.Headers?.Names);
        if (!ReceiptContent.TryFormat(new ReceiptContent(stored, parts, erasedBy), out var extra, out problem))
        {
            return false;
        }

        receipt = new EventReceipt(stored, parts, erasedBy, new TlogProof(stored.Position - 1, path, checkpoint) { Extra = extra });
        return true;
    }

    /// <summary>Parses a receipt without verifying it; <paramref name="problem"/> tells why it is not one.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EventReceipt? receipt, [NotNullWhen(false)] out string? problem)
    {
        receipt = null;
        if (!TlogProof.TryParse(bytes, out var proof, out problem) || !ReceiptContent.TryParse(proof.Extra, out var content, out problem))
        {
            return false;
        }

        receipt = new EventReceipt(content.Event, content.Salts, content.ErasedBy, proof);
        return true;
    }

    /// <summary>
    /// Verifies everything: the checkpoint's signature and origin, the path, and the event against its leaf. The checkpoint is
    /// null when the verification fails before or at the path.
    /// </summary>
    public LeafVerdict Verify(string origin, IReadOnlyCollection<VerifierKey> logKeys, out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (Proof.Index != Event.Position - 1)
        {
            return new LeafVerdict.Tampered($"the proof is of index {Proof.Index}, the event of position {Event.Position}");
        }

        if (!EventLeaf.TryEncode(Event, Salts, out var leaf, out var problem))
        {
            return new LeafVerdict.Tampered(problem);
        }

        var leafHash = MerkleHashing.Leaf(leaf);
        return Proof.Proves(leafHash, origin, logKeys, out checkpoint, out problem)
            ? EventVerification.AgainstHash(Event, Salts, leafHash, ErasedBy)
            : new LeafVerdict.Tampered(problem);
    }

    /// <summary>The text of a <c>.tlog-proof</c> file.</summary>
    public override string ToString() => Proof.ToString();

    /// <summary>The same text in UTF-8.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());
}
