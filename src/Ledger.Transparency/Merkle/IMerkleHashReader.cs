namespace Ledger.Transparency;

/// <summary>
/// The source of stored hashes for proofs: an array in memory, tiles in a table, or tiles over HTTP. The one method takes
/// all nodes of a proof at once, so that a remote reader can fetch them in one request.
/// </summary>
public interface IMerkleHashReader
{
    /// <summary>
    /// Reads the hashes of <paramref name="nodes"/>, in their order. A missing node means that the store is broken. So the reader must
    /// throw an exception, and must never return a default value.
    /// </summary>
    ValueTask<IReadOnlyList<Digest>> ReadAsync(IReadOnlyList<MerkleNode> nodes, CancellationToken cancellation);
}
