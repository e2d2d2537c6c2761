namespace Ledger.Cli;

/// <summary>The lines of a text in UTF-8.</summary>
internal static class TextLines
{
    /// <summary>The non-empty lines, without their line ends.</summary>
    internal static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOf((byte)'\n');
            var length = end < 0 ? text.Length : end;
            if (length > 0)
            {
                yield return text[..length];
            }

            text = text[Math.Min(text.Length, length + 1)..];
        }
    }
}
