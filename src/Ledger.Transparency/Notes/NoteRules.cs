using System.Text;

namespace Ledger.Transparency;

/// <summary>What C2SP signed-note asks of every note's text and of every key's name.</summary>
internal static class NoteRules
{
    /// <summary>Throws on bytes that are not UTF-8 instead of replacing them.</summary>
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

    /// <summary>Control characters below U+0020 are not allowed, the newline excepted.</summary>
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
