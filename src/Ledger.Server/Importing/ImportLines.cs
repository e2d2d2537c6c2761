using System.Runtime.CompilerServices;

namespace Ledger.Server;

/// <summary>A line of an import as it came; the text is null where it was too long.</summary>
internal readonly record struct NumberedLine(long Number, ReadOnlyMemory<byte>? Text);

/// <summary>Cuts a request's body into lines. Lines that came in together are given together, so that none waits for a page to fill.</summary>
internal static class ImportLines
{
    /// <summary>Lines that are looked up together: as many as the append engine takes in a batch.</summary>
    internal const int PageLinesMax = 512;

    /// <summary>The body limit of a single command, plus the rest of its line.</summary>
    private const int LineBytesMax = JsonBody.BytesMax + 2_000;

    private const int BufferBytes = 128 * 1024;

    internal static async IAsyncEnumerable<IReadOnlyList<NumberedLine>> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (buffer, filled, number, tooLong) = (new byte[BufferBytes], 0, 0L, false);
        for (var ended = false; !ended;)
        {
            if (filled == buffer.Length)
            {
                // One line fills the whole buffer. Either the buffer may grow, or the line is too long and is skipped to its end.
                tooLong |= filled > LineBytesMax;
                filled = tooLong ? 0 : filled;
                Array.Resize(ref buffer, tooLong ? buffer.Length : buffer.Length * 2);
            }

            var read = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            ended = read == 0;
            filled += read;
            var page = new List<NumberedLine>();
            var start = 0;
            while (Next(buffer.AsSpan(start, filled - start), ended) is { } length)
            {
                number++;
                var text = buffer.AsSpan(start, length).TrimEnd((byte)'\r');
                if (tooLong || text.Length > LineBytesMax)
                {
                    page.Add(new(number, null));
                }
                else if (!text.Trim(" \t"u8).IsEmpty)
                {
                    page.Add(new(number, text.ToArray()));
                }

                (tooLong, start) = (false, Math.Min(start + length + 1, filled));
                if (page.Count == PageLinesMax)
                {
                    yield return page;
                    page = [];
                }
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (page.Count > 0)
            {
                yield return page;
            }
        }

        if (tooLong)
        {
            yield return [new(number + 1, null)];
        }
    }

    /// <summary>The length of the next whole line. At the end of the body, a last line without a newline counts too.</summary>
    private static int? Next(ReadOnlySpan<byte> rest, bool ended) =>
        rest.IndexOf((byte)'\n') is var newline and >= 0 ? newline : ended && !rest.IsEmpty ? rest.Length : null;
}
