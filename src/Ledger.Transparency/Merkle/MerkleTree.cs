namespace Ledger.Transparency;

/// <summary>
/// A whole tree in memory, for a verifier that reads a dump, and for tests. It takes about 64 bytes for each leaf, so a million leaves take
/// 64 MB. A server reads tiles instead. It is not thread-safe while it grows.
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
