using System.Text;

namespace Ledger.Transparency;

/// <summary>The rules of C2SP signed-note for the text of a note and the name of a key.</summary>
internal static class NoteRules
{
    /// <summary>UTF-8 that throws for invalid text instead of replacing it.</summary>
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsKeyName(ReadOnlySpan<char> name)
    {
        foreach (var character in name)
        {
            if (character == '+' || char.IsWhiteSpace(character) || char.IsControl(character) || char.IsSurrogate(character))
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    /// <summary>Whether the text has no control character below U+0020, except for newlines.</summary>
    public static bool HasOnlyAllowedCharacters(ReadOnlySpan<byte> utf8)
    {
        foreach (var value in utf8)
        {
            if (value < 0x20 && value != (byte)'\n')
            {
                return false;
            }
        }

        return true;
    }
}
