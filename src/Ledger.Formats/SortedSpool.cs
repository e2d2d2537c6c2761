using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Ledger.Formats;

/// <summary>
/// Records that are kept on disk and given back in another order: a format whose file is in no order can then be read in the order of its dates, in
/// a memory of 24 bytes a record.
/// </summary>
/// <typeparam name="T">The record, as JSON can hold it.</typeparam>
internal sealed class SortedSpool<T> : IAsyncDisposable
{
    /// <summary>The index of so many takes 200 MB; the largest archive of the field has a tenth.</summary>
    private const int RecordsMax = 8_000_000;

    private const int BufferBytes = 1 << 20;
    private const int LengthBytes = sizeof(int);

    private readonly List<(long Key, long Number, long Offset)> _index = [];
    private readonly FileStream _file = Open();

    /// <summary>How many there are.</summary>
    internal long Count => _index.Count;

    /// <summary>Keeps a record.</summary>
    /// <param name="key">What records are given back by, the smallest first; equal ones as they came.</param>
    /// <param name="record">The record.</param>
    /// <exception cref="ArchiveFormatException">There are too many.</exception>
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

    /// <summary>Gives all of them back in order.</summary>
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

    /// <summary>A file that nobody else may read, and that is gone with the process where the system allows it.</summary>
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
