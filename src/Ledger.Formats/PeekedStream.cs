namespace Ledger.Formats;

/// <summary>A stream whose first bytes can be examined before it is read.</summary>
/// <param name="inner">The input; it stays open.</param>
internal sealed class PeekedStream(Stream inner) : ReadOnlyStream
{
    private static readonly System.Buffers.SearchValues<byte> Passed =
        System.Buffers.SearchValues.Create((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n', 0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0);

    private readonly byte[] _head = new byte[4096];
    private int _at;
    private int _end;

    /// <summary>The first byte that is neither white space nor part of a byte order mark; -1 where the first 4096 have none.</summary>
    internal async ValueTask<int> FirstAsync(CancellationToken cancellationToken)
    {
        _end = await inner.ReadAtLeastAsync(_head, _head.Length, throwOnEndOfStream: false, cancellationToken);
        var first = _head.AsSpan(0, _end).IndexOfAnyExcept(Passed);
        return first < 0 ? -1 : _head[first];
    }

    public override int Read(Span<byte> buffer) => FromHead(buffer) is > 0 and var taken ? taken : inner.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        FromHead(buffer.Span) is > 0 and var taken ? taken : await inner.ReadAsync(buffer, cancellationToken);

    private int FromHead(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _end - _at);
        _head.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }
}
