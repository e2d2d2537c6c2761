namespace Ledger.Transparency;

/// <summary>
/// The verification of proofs, which is all the code that a client has to trust. It does no I/O, and every malformed input gives
/// <c>false</c>.
/// </summary>
public static class MerkleVerification
{
    /// <summary>
    /// Whether <paramref name="proof"/> binds the leaf with hash <paramref name="leaf"/> at the zero-based
    /// <paramref name="index"/> to the root of a tree of <paramref name="size"/> leaves (RFC 9162 §2.1.3.2).
    /// </summary>
    public static bool Inclusion(in Digest leaf, long index, long size, IReadOnlyList<Digest> proof, in Digest root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var node = index;
        var last = size - 1;
        var hash = leaf;
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleHashing.Node(sibling, hash);
                ClimbToRightChild(ref node, ref last);
            }
            else
            {
                hash = MerkleHashing.Node(hash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && hash == root;
    }

    /// <summary>
    /// Whether <paramref name="proof"/> shows that the tree of <paramref name="size"/> leaves continues the tree of
    /// <paramref name="oldSize"/> leaves (RFC 9162 §2.1.4.2). Equal sizes need equal roots and an empty proof. An old size
    /// of 0 is refused unless both trees are empty. Every tree continues the empty tree, so a positive answer would
    /// prove nothing.
    /// </summary>
    public static bool Consistency(long oldSize, long size, in Digest oldRoot, in Digest root, IReadOnlyList<Digest> proof)
    {
        if (oldSize < 0 || oldSize > size)
        {
            return false;
        }

        if (oldSize == size)
        {
            return proof.Count == 0 && oldRoot == root && (size > 0 || root == MerkleHashing.EmptyRoot);
        }

        if (oldSize == 0 || proof.Count == 0)
        {
            return false;
        }

        var node = oldSize - 1;
        var last = size - 1;
        while ((node & 1) == 1)
        {
            node >>= 1;
            last >>= 1;
        }

        // When the old tree is a full subtree, its root is the first hash of the path, and the proof leaves it out.
        var full = node == 0;
        var oldHash = full ? oldRoot : proof[0];
        var hash = oldHash;
        for (var i = full ? 0 : 1; i < proof.Count; i++)
        {
            if (last == 0)
            {
                return false;
            }

            var sibling = proof[i];
            if ((node & 1) == 1 || node == last)
            {
                oldHash = MerkleHashing.Node(sibling, oldHash);
                hash = MerkleHashing.Node(sibling, hash);
                ClimbToRightChild(ref node, ref last);
            }
            else
            {
                hash = MerkleHashing.Node(hash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && oldHash == oldRoot && hash == root;
    }

    // On the right edge, levels without a sibling are skipped: the node moves up unchanged.
    private static void ClimbToRightChild(ref long node, ref long last)
    {
        while ((node & 1) == 0 && node != 0)
        {
            node >>= 1;
            last >>= 1;
        }
    }
}
