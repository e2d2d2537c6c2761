namespace Ledger.Transparency;

/// <summary>
/// A node over a full subtree. It covers the leaves [<paramref name="Index"/>·2^<paramref name="Level"/>,
/// (<paramref name="Index"/>+1)·2^<paramref name="Level"/>). Such a node never changes once its leaves exist,
/// so these are the nodes that are worth storing.
/// </summary>
/// <param name="Level">Height above the leaves; 0 is a leaf hash.</param>
/// <param name="Index">The zero-based index among the nodes of its level.</param>
public readonly record struct MerkleNode(int Level, long Index);
