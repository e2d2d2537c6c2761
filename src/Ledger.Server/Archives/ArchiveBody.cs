using System.IO.Compression;
using Ledger.Formats;

namespace Ledger.Server;

/// <summary>
/// The body of an import in another format: plain, or gzip if its header or its first bytes say so. A body that unpacks to many times its size is
/// refused: memory is bounded anyway, but the time and the disk space are not.
/// </summary>
internal sealed class ArchiveBody : ReadOnlyStream
{
    /// <summary>Archives of text shrink to a tenth or a twentieth of their size, a gzip bomb to a thousandth.</summary>
    private const int RatioMax = 200;

    /// <summary>Up to this many bytes of output the ratio is not checked: blank lines and repeated columns shrink well too.</summary>
    private const long RatioFreeBytes = 32 << 20;

    private const byte GzipFirst = 0x1f;
    private const byte GzipSecond = 0x8b;

    private readonly Counted _packed;
    private readonly GZipStream _unpacked;
    private long _out;

    private ArchiveBody(Stream packed)
    {
        _packed = new(packed);
        _unpacked = new(_packed, CompressionMode.Decompress);
    }

    /// <summary>Opens the input and unpacks it if it is gzip.</summary>
    internal static async Task<Stream> OpenAsync(Stream body, bool isGzip, CancellationToken cancellationToken)
    {
        var start = new byte[2];
        var read = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        var whole = new Rejoined(start.AsMemory(0, read), body);
        return isGzip || (read == start.Length && start is [GzipFirst, GzipSecond]) ? new ArchiveBody(whole) : whole;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Count(await _unpacked.ReadAsync(buffer, cancellationToken));
        }
        catch (InvalidDataException e)
        {
            throw new ArchiveFormatException($"The gzip stream is damaged after {_out} bytes of text; pack the file again.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacked.Dispose();
            _packed.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _out += read;
        return _out <= RatioFreeBytes || _out <= RatioMax * _packed.Bytes
            ? read
            : throw new ArchiveFormatException($"The gzip stream unpacks to more than {RatioMax} times its size, as no archive does; it was read to byte {_out} of its text.");
    }

    /// <summary>Counts what is read.</summary>
    private sealed class Counted(Stream inner) : ReadOnlyStream
    {
        internal long Bytes { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Bytes += read;
            return read;
        }
    }

    /// <summary>A stream whose first bytes were read already.</summary>
    private sealed class Rejoined(ReadOnlyMemory<byte> start, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _start = start;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_start.IsEmpty)
            {
                return rest.ReadAsync(buffer, cancellationToken);
            }

            var count = Math.Min(buffer.Length, _start.Length);
            _start[..count].CopyTo(buffer);
            _start = _start[count..];
            return new(count);
        }
    }
}
