using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Rows in the binary format of PostgreSQL's COPY, made on any thread and sent later. Npgsql's importer looks up each value's type and
/// boxes each array, which costs a rebuild more than folding does.
/// </summary>
internal sealed class CopyRows(string table, string columns)
{
    private const int TextOid = 25;
    private const int FirstIndex = 1;
    private const int Null = -1;

    /// <summary>The signature, no flags, no extension.</summary>
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Trailer = [0xFF, 0xFF];
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly short _columns = (short)(columns.Count(c => c == ',') + 1);

    /// <summary>Bytes that wait to be sent.</summary>
    internal int Length => _bytes.WrittenCount;

    internal void StartRow()
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(sizeof(short)), _columns);
        _bytes.Advance(sizeof(short));
    }

    internal void Write(long value)
    {
        Number(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    internal void Write(DateTimeOffset? time)
    {
        if (time is { } at)
        {
            Write((at.UtcDateTime - Epoch).Ticks / TimeSpan.TicksPerMicrosecond);
        }
        else
        {
            Number(Null);
        }
    }

    internal void Write(string text)
    {
        var span = _bytes.GetSpan(sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, span[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        _bytes.Advance(sizeof(int) + length);
    }

    /// <summary>An array of text: dimensions, whether it holds nulls, the elements' type, then length and first index.</summary>
    internal void Write(string[] texts)
    {
        var at = _bytes.WrittenCount;
        Number(0);
        Number(texts.Length == 0 ? 0 : 1);
        Number(0);
        Number(TextOid);
        if (texts.Length > 0)
        {
            Number(texts.Length);
            Number(FirstIndex);
            foreach (var text in texts)
            {
                Write(text);
            }
        }

        BinaryPrimitives.WriteInt32BigEndian(System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span[at..], _bytes.WrittenCount - at - sizeof(int));
    }

    /// <summary>Sends the rows and begins anew.</summary>
    internal async Task SendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_bytes.WrittenCount == 0)
        {
            return;
        }

        await using (var copy = await connection.BeginRawBinaryCopyAsync($"copy {table} ({columns}) from stdin (format binary)", cancellationToken))
        {
            await copy.WriteAsync(Header, cancellationToken);
            await copy.WriteAsync(_bytes.WrittenMemory, cancellationToken);
            await copy.WriteAsync(Trailer, cancellationToken);
        }

        _bytes.ResetWrittenCount();
    }

    private void Number(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }
}
