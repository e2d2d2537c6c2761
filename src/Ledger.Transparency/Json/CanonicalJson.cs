using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Ledger.Transparency;

/// <summary>
/// JSON in which each value has exactly one form (RFC 8785, JCS): no white space, members ordered by the UTF-16 code units of their
/// names, and one form for each string and number.
/// </summary>
public static class CanonicalJson
{
    /// <summary>The greatest depth of nesting. A deeper text is refused.</summary>
    public const int DepthMax = 64;

    // RFC 8785 §3.1 builds on I-JSON, where a name occurs once. Otherwise two readers could understand the same text differently.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    /// <summary>The canonical form of a JSON text in UTF-8; <paramref name="problem"/> tells why it has none.</summary>
    public static bool TryFormat(
        ReadOnlyMemory<byte> json,
        NumberRule numbers,
        [NotNullWhen(true)] out byte[]? canonical,
        [NotNullWhen(false)] out string? problem)
    {
        canonical = null;
        if (!TryParse(json, out var document, out problem))
        {
            return false;
        }

        using (document)
        {
            var target = new ArrayBufferWriter<byte>(json.Length + 1);
            if (!TryWrite(document.RootElement, numbers, target, out problem))
            {
                return false;
            }

            canonical = target.WrittenSpan.ToArray();
            return true;
        }
    }

    /// <summary>Parses strictly: the text must be UTF-8, without duplicate names and without lone surrogates in names.</summary>
    internal static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? problem)
    {
        document = null;
        problem = null;
        if (!Utf8.IsValid(json.Span))
        {
            problem = "The text is not UTF-8.";
            return false;
        }

        try
        {
            document = JsonDocument.Parse(json, Options);
        }
        catch (JsonException exception)
        {
            problem = $"The text is not JSON, names a member twice or nests deeper than {DepthMax}: "
                + $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}.";
        }
        catch (InvalidOperationException)
        {
            // The parser throws this for a member name with a lone surrogate, when it looks for duplicate names.
            problem = "A name has half of a surrogate pair.";
        }

        return document is not null;
    }

    /// <summary>Appends the canonical form of one value. When it fails, the bytes that it appended are unusable.</summary>
    internal static bool TryWrite(
        JsonElement value, NumberRule numbers, IBufferWriter<byte> target, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return TryWriteObject(value, numbers, target, out problem);
            case JsonValueKind.Array:
                return TryWriteArray(value, numbers, target, out problem);
            case JsonValueKind.Number:
                return CanonicalNumber.TryWrite(JsonMarshal.GetRawUtf8Value(value), numbers, target, out problem);
            case JsonValueKind.String:
                return TryWriteString(value, target, out problem);
            default:
                // The values true, false and null have only one form.
                target.Write(JsonMarshal.GetRawUtf8Value(value));
                return true;
        }
    }

    /// <summary>The text of a value; <c>null</c> where the value is no text, or has half of a surrogate pair.</summary>
    internal static string? Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The members in canonical order; <c>null</c> when a name has half of a surrogate pair.</summary>
    internal static (string Name, JsonElement Value)[]? Members(JsonElement value)
    {
        try
        {
            var members = new (string Name, JsonElement Value)[value.GetPropertyCount()];
            var count = 0;
            foreach (var member in value.EnumerateObject())
            {
                members[count++] = (member.Name, member.Value);
            }

            Array.Sort(members, (left, right) => string.CompareOrdinal(left.Name, right.Name));
            return members;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryWriteObject(
        JsonElement value, NumberRule numbers, IBufferWriter<byte> target, [NotNullWhen(false)] out string? problem)
    {
        if (Members(value) is not { } members)
        {
            problem = "A name has half of a surrogate pair.";
            return false;
        }

        problem = null;
        for (var i = 0; i < members.Length; i++)
        {
            target.Write(i == 0 ? "{"u8 : ","u8);
            CanonicalString.TryWrite(members[i].Name, target);
            target.Write(":"u8);
            if (!TryWrite(members[i].Value, numbers, target, out problem))
            {
                return false;
            }
        }

        target.Write(members.Length == 0 ? "{}"u8 : "}"u8);
        return true;
    }

    private static bool TryWriteArray(
        JsonElement value, NumberRule numbers, IBufferWriter<byte> target, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        var first = true;
        target.Write("["u8);
        foreach (var item in value.EnumerateArray())
        {
            if (!first)
            {
                target.Write(","u8);
            }

            first = false;
            if (!TryWrite(item, numbers, target, out problem))
            {
                return false;
            }
        }

        target.Write("]"u8);
        return true;
    }

    private static bool TryWriteString(JsonElement value, IBufferWriter<byte> target, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (!raw.Contains((byte)'\\'))
        {
            // A text without an escape is already canonical, because JSON itself requires the escapes that RFC 8785 keeps.
            target.Write(raw);
            return true;
        }

        try
        {
            return CanonicalString.TryWrite(value.GetString(), target);
        }
        catch (InvalidOperationException)
        {
            problem = "A string has half of a surrogate pair.";
            return false;
        }
    }
}
