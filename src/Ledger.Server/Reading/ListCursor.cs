using System.Buffers.Binary;
using System.Text;

namespace Ledger.Server;

/// <summary>
/// The cursor of a list: the position that the list is read at, and the key of the last row that was returned. If keys are not unique, it also has the id
/// of that row.
/// </summary>
internal sealed record ListCursor(long Position, long After, string Id = "")
{
    private const int KeyBytes = 16;
    private const int BytesMax = 128;

    internal static ListCursor Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[BytesMax];
        var padding = (text.Length % 4) switch { 2 => "==", 3 => "=", _ => "" };
        return text.Length <= BytesMax && Convert.TryFromBase64String(text.Replace('-', '+').Replace('_', '/') + padding, bytes, out var read) && read >= KeyBytes
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var position
            ? new(position, BinaryPrimitives.ReadInt64BigEndian(bytes[8..]), Encoding.UTF8.GetString(bytes[KeyBytes..read]))
            : throw Query.Invalid("cursor", "is none that this list gave; take it from next.");
    }

    public override string ToString()
    {
        var bytes = new byte[KeyBytes + Encoding.UTF8.GetByteCount(Id)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Position);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), After);
        Encoding.UTF8.GetBytes(Id, bytes.AsSpan(KeyBytes));
        return Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
