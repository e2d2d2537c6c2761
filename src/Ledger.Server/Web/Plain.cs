using System.Globalization;
using System.Text;

namespace Ledger.Server;

/// <summary>Cleans recorded text for places where no markup can isolate it: titles, pictures and attributes.</summary>
internal static class Plain
{
    /// <summary>
    /// One line with a limited number of characters. Format characters are removed, and control and line characters become spaces, because they could
    /// reverse or hide the words beside the text.
    /// </summary>
    internal static string Line(string? text, int charactersMax)
    {
        if (text is null)
        {
            return "";
        }

        var line = new StringBuilder();
        var elements = StringInfo.GetTextElementEnumerator(text);
        var count = 0;
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (++count > charactersMax)
            {
                return line.ToString().TrimEnd() + "…";
            }

            foreach (var rune in element.EnumerateRunes())
            {
                line.Append(Rune.GetUnicodeCategory(rune) switch
                {
                    UnicodeCategory.Format => "",
                    UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate => " ",
                    _ => rune.ToString(),
                });
            }
        }

        return line.ToString();
    }
}
