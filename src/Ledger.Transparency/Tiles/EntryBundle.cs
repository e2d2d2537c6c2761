using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Ledger.Transparency;

/// <summary>A sequence of up to 256 leaves, each preceded by its length as two bytes, big-endian (C2SP tlog-tiles).</summary>
public static class EntryBundle
{
    /// <summary>The length of the longest leaf, in bytes: the greatest number that two bytes can hold.</summary>
    public const int EntryLengthMax = ushort.MaxValue;

    /// <summary>Appends one entry to a bundle.</summary>
    /// <exception cref="ArgumentException">The entry is longer than <see cref="EntryLengthMax"/> bytes.</exception>
    public static void Write(IBufferWriter<byte> bundle, ReadOnlySpan<byte> entry)
    {
        if (entry.Length > EntryLengthMax)
        {
            throw new ArgumentException($"A log entry has at most {EntryLengthMax} bytes, not {entry.Length}.", nameof(entry));
        }

        var target = bundle.GetSpan(sizeof(ushort) + entry.Length);
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)entry.Length);
        entry.CopyTo(target[sizeof(ushort)..]);
        bundle.Advance(sizeof(ushort) + entry.Length);
    }

    /// <summary>Reads the entries of a bundle, which must hold exactly <paramref name="width"/> entries and nothing else.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> bundle, int width, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? entries)
    {
        entries = null;
        var read = new List<ReadOnlyMemory<byte>>();
        for (var rest = bundle; !rest.IsEmpty;)
        {
            if (read.Count == width || !BinaryPrimitives.TryReadUInt16BigEndian(rest.Span, out var length)
                || rest.Length < sizeof(ushort) + length)
            {
                return false;
            }

            read.Add(rest.Slice(sizeof(ushort), length));
            rest = rest[(sizeof(ushort) + length)..];
        }

        entries = read;
        return read.Count == width;
    }
}
