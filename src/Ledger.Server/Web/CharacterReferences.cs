using System.Text.RegularExpressions;

namespace Ledger.Server;

/// <summary>
/// The HTML encoder writes characters that it does not trust as numeric character references. Some of these are errors in HTML (Living Standard
/// §13.2.5.80): for example, a browser reads <c>&amp;#x80;</c> as a euro sign. Such a character is replaced by U+FFFD, as in the XML feeds, and a carriage
/// return by a line feed.
/// </summary>
internal static partial class CharacterReferences
{
    /// <summary>
    /// Replaces the references that are errors. Recorded text cannot contain such a reference itself, because its ampersands are escaped.
    /// </summary>
    internal static string Mend(string html) => Wrong().Replace(html, reference => reference.Value == "&#xD;" ? "&#xA;" : "\uFFFD");

    /// <summary>Matches control characters and noncharacters.</summary>
    [GeneratedRegex("&#x(?:[0-8B-F]|1[0-9A-F]|7F|[89][0-9A-F]|FD[DE][0-9A-F]|(?:[1-9A-F]|10)?FFF[EF]);")]
    private static partial Regex Wrong();
}
