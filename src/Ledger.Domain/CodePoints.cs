using System.Text;
using System.Text.Json;

namespace Ledger.Domain;

/// <summary>Texts are counted and cut in Unicode code points, as the Web Annotation model does, never in UTF-16 units.</summary>
public static class CodePoints
{
    /// <summary>The number of code points.</summary>
    public static int Count(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    /// <summary>The code points from index <paramref name="start"/>, inclusive, to <paramref name="end"/>, exclusive; null where the text is shorter.</summary>
    public static string? Slice(string text, int start, int end)
    {
        var (from, at, place) = (start == 0 ? 0 : -1, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (at == end)
            {
                break;
            }

            (at, place) = (at + 1, place + rune.Utf16SequenceLength);
            from = at == start ? place : from;
        }

        return at == end && from >= 0 ? text[from..place] : null;
    }

    /// <summary>Whether every text in a JSON value is well formed, member names included.</summary>
    public static bool IsWellFormed(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => IsWellFormed(value.GetString()!),
                JsonValueKind.Array => value.EnumerateArray().All(IsWellFormed),
                JsonValueKind.Object => value.EnumerateObject().All(p => IsWellFormed(p.Name) && IsWellFormed(p.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            // This exception is the only sign by which System.Text.Json reports an escaped lone surrogate.
            return false;
        }
    }

    /// <summary>Whether the text has neither a lone surrogate nor a NUL. JSON escapes can hold both; PostgreSQL can hold neither.</summary>
    public static bool IsWellFormed(string text)
    {
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done || rune.Value == 0)
            {
                return false;
            }

            rest = rest[used..];
        }

        return true;
    }
}
