using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ledger.Transparency;

/// <summary>
/// The proof that a leaf is in a signed tree, as one text that can be verified without a network (C2SP tlog-proof, version
/// 1; file extension <c>.tlog-proof</c>). A parsed proof formats to the same bytes.
/// </summary>
/// <param name="Index">The zero-based index of the leaf.</param>
/// <param name="Path">The inclusion proof, the leaf's sibling first.</param>
/// <param name="Checkpoint">The signed checkpoint to whose root the path leads.</param>
public sealed record TlogProof(long Index, IReadOnlyList<Digest> Path, SignedNote Checkpoint)
{
    /// <summary>The greatest length in bytes. There is room for an event of 1 MB in base64 with its salts, and for a note.</summary>
    public const int LengthMax = 4_000_000;

    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string ExtraPrefix = "extra ";
    private const string IndexPrefix = "index ";

    /// <summary>Data of the application, which the proof does not cover; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Extra { get; init; }

    /// <summary>Parses a proof without verifying it; <paramref name="problem"/> tells why it is not one.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TlogProof? proof, [NotNullWhen(false)] out string? problem)
    {
        proof = null;
        var separator = bytes.IndexOf("\n\n"u8);
        if (bytes.Length > LengthMax || separator < 0 || !Ascii.IsValid(bytes[..separator]))
        {
            problem = $"A proof is at most {LengthMax} bytes: lines of ASCII, an empty line and a checkpoint.";
            return false;
        }

        if (!SignedNote.TryParse(bytes[(separator + 2)..], out var checkpoint, out problem))
        {
            return false;
        }

        var lines = new Queue<string>(Encoding.ASCII.GetString(bytes[..separator]).Split('\n'));
        byte[] extra = [];
        if (lines.Dequeue() != Header)
        {
            problem = $"A proof starts with the line {Header}.";
        }
        else if (lines.TryPeek(out var line) && line.StartsWith(ExtraPrefix, StringComparison.Ordinal)
            && (!CanonicalBase64.TryDecode(lines.Dequeue().AsSpan(ExtraPrefix.Length), out extra) || extra.Length == 0))
        {
            problem = "The extra line of the proof is not base64.";
        }
        else if (!lines.TryDequeue(out line) || !line.StartsWith(IndexPrefix, StringComparison.Ordinal)
            || !CanonicalDecimal.TryParse(line.AsSpan(IndexPrefix.Length), out var index))
        {
            problem = "The proof has no line \"index n\" where it belongs.";
        }
        else if (!TryParsePath(lines, out var path))
        {
            problem = $"The path of the proof is not a list of at most {MerkleProofs.HashCountMax} hashes in base64.";
        }
        else
        {
            proof = new TlogProof(index, path, checkpoint) { Extra = extra };
        }

        return proof is not null;
    }

    /// <summary>
    /// Whether the leaf with this hash is at <see cref="Index"/> of the log <paramref name="origin"/>, according to a checkpoint that
    /// one of the log's keys signed.
    /// </summary>
    public bool Proves(
        in Digest leaf,
        string origin,
        IReadOnlyCollection<VerifierKey> logKeys,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out string? problem)
    {
        if (!Transparency.Checkpoint.TryOpen(Checkpoint, origin, logKeys, out checkpoint, out problem))
        {
            return false;
        }

        if (!MerkleVerification.Inclusion(leaf, Index, checkpoint.Size, Path, checkpoint.Root))
        {
            problem = $"The leaf does not stand at index {Index} of the signed tree of {checkpoint.Size} leaves.";
            checkpoint = null;
            return false;
        }

        return true;
    }

    /// <summary>The proof as it is served and stored.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Header).Append('\n');
        if (!Extra.IsEmpty)
        {
            text.Append(ExtraPrefix).Append(Convert.ToBase64String(Extra.Span)).Append('\n');
        }

        text.Append(IndexPrefix).Append(CanonicalDecimal.Format(Index)).Append('\n');
        foreach (var hash in Path)
        {
            text.Append(hash.ToString()).Append('\n');
        }

        return text.Append('\n').Append(Checkpoint).ToString();
    }

    private static bool TryParsePath(Queue<string> lines, out Digest[] path)
    {
        path = new Digest[lines.Count];
        if (path.Length > MerkleProofs.HashCountMax)
        {
            return false;
        }

        for (var i = 0; i < path.Length; i++)
        {
            if (!Digest.TryParse(lines.Dequeue(), out path[i]))
            {
                return false;
            }
        }

        return true;
    }
}
