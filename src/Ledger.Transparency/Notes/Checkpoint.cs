using System.Diagnostics.CodeAnalysis;

namespace Ledger.Transparency;

/// <summary>
/// The head of a log at one size: the text that the log signs (C2SP tlog-checkpoint). A log that ever signs two that cannot
/// be joined by a consistency proof has lied.
/// </summary>
/// <param name="Origin">Which log: a non-empty line, by custom a URL without scheme.</param>
/// <param name="Size">The number of leaves.</param>
/// <param name="Root">The root over them.</param>
public sealed record Checkpoint(string Origin, long Size, Digest Root)
{
    /// <summary>Further lines: read and kept because they are signed, never written by this ledger.</summary>
    public IReadOnlyList<string> ExtensionLines { get; init; } = [];

    /// <summary>The text to be signed.</summary>
    public string Text =>
        string.Concat([$"{Origin}\n{CanonicalDecimal.Format(Size)}\n{Root}\n", .. ExtensionLines.Select(line => line + "\n")]);

    /// <summary>Signs this head.</summary>
    /// <exception cref="InvalidOperationException">
    /// Its text would not read back as the same head: an empty origin, a newline within a line, a negative size.
    /// </exception>
    public SignedNote Sign(params IReadOnlyList<INoteSigner> signers) =>
        TryParse(Text, out var again, out _) && again.Origin == Origin && again.Size == Size
        && again.ExtensionLines.SequenceEqual(ExtensionLines)
            ? SignedNote.Sign(Text, signers)
            : throw new InvalidOperationException("A checkpoint that does not read back as itself is not signed.");

    /// <summary>Reads the text of a checkpoint, signed or not; <paramref name="problem"/> says why it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint, [NotNullWhen(false)] out string? problem)
    {
        checkpoint = null;
        if (text.Split('\n') is not [{ Length: > 0 } origin, var sizeLine, var rootLine, .. var extensions, ""]
            || extensions.Contains(""))
        {
            problem = "A checkpoint has three non-empty lines or more: origin, size, root.";
        }
        else if (!CanonicalDecimal.TryParse(sizeLine, out var size))
        {
            problem = "The second line of the checkpoint is not a size.";
        }
        else if (!Digest.TryParse(rootLine, out var root))
        {
            problem = "The third line of the checkpoint is not the base64 of 32 bytes.";
        }
        else
        {
            problem = null;
            checkpoint = new Checkpoint(origin, size, root) { ExtensionLines = extensions };
        }

        return checkpoint is not null;
    }

    /// <summary>
    /// Takes a checkpoint out of a note, but only when it is of the log <paramref name="origin"/> and signed by one of that
    /// log's keys.
    /// </summary>
    public static bool TryOpen(
        SignedNote note,
        string origin,
        IReadOnlyCollection<VerifierKey> logKeys,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        [NotNullWhen(false)] out string? problem)
    {
        checkpoint = null;
        if (!note.IsSignedBy(logKeys, out problem) || !TryParse(note.Text, out var parsed, out problem))
        {
            return false;
        }

        if (parsed.Origin != origin)
        {
            problem = $"The checkpoint is of the log {parsed.Origin}, not of {origin}.";
            return false;
        }

        checkpoint = parsed;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Checkpoint? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Origin, Size, Root);
}
