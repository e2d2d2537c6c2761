using System.Diagnostics.CodeAnalysis;

namespace Ledger.Transparency;

/// <summary>
/// The state of a log at one size: the text that the log signs (C2SP tlog-checkpoint). If a log signs two checkpoints that no
/// consistency proof connects, it has lied.
/// </summary>
/// <param name="Origin">The name of the log: a non-empty line, by convention a URL without its scheme.</param>
/// <param name="Size">The number of leaves.</param>
/// <param name="Root">The root of the tree over these leaves.</param>
public sealed record Checkpoint(string Origin, long Size, Digest Root)
{
    /// <summary>Further lines. They are read and kept because they are signed. This ledger never writes any.</summary>
    public IReadOnlyList<string> ExtensionLines { get; init; } = [];

    /// <summary>The text to be signed.</summary>
    public string Text =>
        string.Concat([$"{Origin}\n{CanonicalDecimal.Format(Size)}\n{Root}\n", .. ExtensionLines.Select(line => line + "\n")]);

    /// <summary>Signs this checkpoint with one key or more.</summary>
    /// <exception cref="InvalidOperationException">
    /// Its text would not parse as the same checkpoint: an empty origin, a newline within a line, or a negative size.
    /// </exception>
    public SignedNote Sign(params IReadOnlyList<INoteSigner> signers) =>
        TryParse(Text, out var again, out _) && again.Origin == Origin && again.Size == Size
        && again.ExtensionLines.SequenceEqual(ExtensionLines)
            ? SignedNote.Sign(Text, signers)
            : throw new InvalidOperationException("A checkpoint that does not read back as itself is not signed.");

    /// <summary>Reads the text of a checkpoint, signed or not; <paramref name="problem"/> tells why it is not one.</summary>
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
    /// Reads the checkpoint in a note, but only when it belongs to the log <paramref name="origin"/> and one of that log's keys
    /// signed it.
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
