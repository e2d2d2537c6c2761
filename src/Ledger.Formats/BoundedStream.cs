namespace Ledger.Formats;

/// <summary>
/// A stream that throws when one record has too many bytes. So a parser that buffers a whole record, line or attribute never holds more bytes
/// than the bound.
/// </summary>
/// <param name="inner">The input; it stays open.</param>
/// <param name="recordBytesMax">The greatest number of bytes between two calls of <see cref="Begin"/>.</param>
internal sealed class BoundedStream(Stream inner, int recordBytesMax) : ReadOnlyStream
{
    /// <summary>The default bound. No record of these formats is larger.</summary>
    internal const int RecordBytesMax = 16 << 20;

    private long _sinceBegin;
    private long _total;

    internal BoundedStream(Stream inner) : this(inner, RecordBytesMax)
    {
    }

    /// <summary>Marks the beginning of a record.</summary>
    internal void Begin() => _sinceBegin = 0;

    public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    private int Count(int read)
    {
        _total += read;
        _sinceBegin += read;
        return _sinceBegin <= recordBytesMax
            ? read
            : throw new ArchiveFormatException(
                $"One record has more than {recordBytesMax} bytes (about byte {_total} of the input). Is a quotation mark, a bracket or a line end missing before it?");
    }
}
