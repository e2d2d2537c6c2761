namespace Ledger.Formats.Tests;

/// <summary>A few bytes, then one byte very often: hostile input that takes no memory itself.</summary>
internal sealed class RepeatedStream(byte[] head, byte repeated, long length) : Stream
{
    /// <summary>The bytes that were read so far.</summary>
    internal long Taken { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => Taken; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var given = buffer[..(int)Math.Min(buffer.Length, length - Taken)];
        given.Fill(repeated);
        if (Taken < head.Length)
        {
            head.AsSpan((int)Taken, Math.Min(given.Length, head.Length - (int)Taken)).CopyTo(given);
        }

        Taken += given.Length;
        return given.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
