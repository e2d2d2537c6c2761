using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Ledger.Formats;

/// <summary>
/// Keeps records on disk and returns them in another order. So a file without an order can be read in the order of its dates, with 24 bytes of memory
/// for each record.
/// </summary>
/// <typeparam name="T">The type of the records, which must be serializable as JSON.</typeparam>
internal sealed class SortedSpool<T> : IAsyncDisposable
{
    /// <summary>The greatest number of records. Their index takes 200 MB. The largest archive of the field has a tenth of this.</summary>
    private const int RecordsMax = 8_000_000;

    private const int BufferBytes = 1 << 20;
    private const int LengthBytes = sizeof(int);

    private readonly List<(long Key, long Number, long Offset)> _index = [];
    private readonly FileStream _file = Open();

    /// <summary>The number of records.</summary>
    internal long Count => _index.Count;

    /// <summary>Adds a record.</summary>
    /// <param name="key">The sort key. The smallest comes first; records with equal keys keep their order.</param>
    /// <param name="record">The record.</param>
    /// <exception cref="ArchiveFormatException">There are too many records.</exception>
    internal void Add(long key, T record)
    {
        if (_index.Count == RecordsMax)
        {
            throw new ArchiveFormatException($"The file has more than {RecordsMax} records; split it.");
        }

        _index.Add((key, _index.Count, _file.Position));
        var bytes = JsonSerializer.SerializeToUtf8Bytes(record);
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _file.Write(length);
        _file.Write(bytes);
    }

    /// <summary>Returns all records in order.</summary>
    internal async IAsyncEnumerable<T> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _file.FlushAsync(cancellationToken);
        _index.Sort();
        var length = new byte[LengthBytes];
        foreach (var (_, _, offset) in _index)
        {
            await ReadAsync(length, offset, cancellationToken);
            var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
            await ReadAsync(bytes, offset + LengthBytes, cancellationToken);
            yield return JsonSerializer.Deserialize<T>(bytes)!;
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async ValueTask ReadAsync(Memory<byte> into, long offset, CancellationToken cancellationToken)
    {
        if (await RandomAccess.ReadAsync(_file.SafeFileHandle, into, offset, cancellationToken) != into.Length)
        {
            throw new IOException("The temporary file of the import is shorter than it was written.");
        }
    }

    /// <summary>Opens a temporary file that nobody else may read. Where the system allows it, the file is deleted when the process ends.</summary>
    private static FileStream Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, BufferSize = BufferBytes,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(Path.Combine(Path.GetTempPath(), $"ledger-import-{Guid.CreateVersion7():n}"), options);
    }
}
