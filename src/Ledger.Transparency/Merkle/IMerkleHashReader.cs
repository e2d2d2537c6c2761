namespace Ledger.Transparency;

/// <summary>
/// Where proofs take stored hashes from: an array in memory, tiles in a table, tiles over HTTP. One method, and it takes
/// all nodes of a proof at once, so that a remote reader can fetch them in one go.
/// </summary>
public interface IMerkleHashReader
{
    /// <summary>
    /// The hashes of <paramref name="nodes"/>, in the order asked for. A node that is not there is a broken store, and so
    /// an exception, never a default value.
    /// </summary>
    ValueTask<IReadOnlyList<Digest>> ReadAsync(IReadOnlyList<MerkleNode> nodes, CancellationToken cancellation);
}
