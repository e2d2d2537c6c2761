namespace Ledger.Transparency;

/// <summary>
/// A whole tree in memory, about 64 bytes a leaf: for a verifier that walks a dump, and for tests. A million leaves take
/// 64 MB; a server reads tiles instead. Not thread-safe while it grows.
/// </summary>
public sealed class MerkleTree : IMerkleHashReader
{
    private readonly List<List<Digest>> levels = [[]];
    private readonly MerkleFrontier frontier = new();

    /// <summary>The number of leaves.</summary>
    public long Size => frontier.Size;

    /// <summary>Appends the hash of the next leaf.</summary>
    public void Append(in Digest leaf) => frontier.Append(leaf, Store);

    /// <summary>The root of all leaves.</summary>
    public Digest Root() => frontier.Root();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Digest>> ReadAsync(IReadOnlyList<MerkleNode> nodes, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<Digest>>([.. nodes.Select(node => levels[node.Level][checked((int)node.Index)])]);

    private void Store(MerkleNode node, Digest hash)
    {
        if (node.Level == levels.Count)
        {
            levels.Add([]);
        }

        levels[node.Level].Add(hash);
    }
}
