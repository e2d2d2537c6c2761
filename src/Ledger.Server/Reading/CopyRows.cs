using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// Rows in the binary format of PostgreSQL's COPY. They are written on any thread and sent later. Npgsql's importer is not used: it looks up the type of
/// each value and boxes each array, which costs a rebuild more time than the folding.
/// </summary>
internal sealed class CopyRows(string schema, string table, string columns)
{
    private const int TextOid = 25;
    private const int IntegerOid = 23;
    private const int FirstIndex = 1;
    private const int Null = -1;

    /// <summary>The signature, no flags, no extension.</summary>
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Trailer = [0xFF, 0xFF];
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly short _columns = (short)(columns.Count(c => c == ',') + 1);

    internal string Table { get; } = table;

    /// <summary>The number of bytes that wait to be sent.</summary>
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

    internal void Write(int value)
    {
        Number(sizeof(int));
        Number(value);
    }

    internal void Write(short value)
    {
        Number(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(sizeof(short)), value);
        _bytes.Advance(sizeof(short));
    }

    internal void Write(bool value)
    {
        Number(sizeof(bool));
        _bytes.GetSpan(sizeof(bool))[0] = value ? (byte)1 : (byte)0;
        _bytes.Advance(sizeof(bool));
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

    internal void Write(string[] texts)
    {
        var at = StartArray(TextOid, texts.Length);
        foreach (var text in texts)
        {
            Write(text);
        }

        EndArray(at);
    }

    internal void Write(int[] numbers)
    {
        var at = StartArray(IntegerOid, numbers.Length);
        foreach (var number in numbers)
        {
            Write(number);
        }

        EndArray(at);
    }

    /// <summary>Sends the rows and clears the buffer.</summary>
    internal async Task SendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_bytes.WrittenCount == 0)
        {
            return;
        }

        await using (var copy = await connection.BeginRawBinaryCopyAsync($"copy {schema}.{Table} ({columns}) from stdin (format binary)", cancellationToken))
        {
            await copy.WriteAsync(Header, cancellationToken);
            await copy.WriteAsync(_bytes.WrittenMemory, cancellationToken);
            await copy.WriteAsync(Trailer, cancellationToken);
        }

        Clear();
    }

    /// <summary>Clears the buffer without sending the rows.</summary>
    internal void Clear() => _bytes.ResetWrittenCount();

    /// <summary>
    /// Writes the head of an array: the number of dimensions, whether it holds nulls, the type of the elements, then the length and the first index.
    /// </summary>
    private int StartArray(int elementOid, int length)
    {
        var at = _bytes.WrittenCount;
        Number(0);
        Number(length == 0 ? 0 : 1);
        Number(0);
        Number(elementOid);
        if (length > 0)
        {
            Number(length);
            Number(FirstIndex);
        }

        return at;
    }

    /// <summary>Fills in the size of the array in bytes, which is known only now.</summary>
    private void EndArray(int at) => BinaryPrimitives.WriteInt32BigEndian(
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span[at..], _bytes.WrittenCount - at - sizeof(int));

    private void Number(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }
}
