using System.Text.RegularExpressions;

namespace Ledger.Server;

/// <summary>
/// The encoder writes what it does not trust as numeric character references. Some of them are errors in HTML (Living Standard §13.2.5.80): a browser reads
/// <c>&amp;#x80;</c> as a euro sign. Such a character is shown as U+FFFD, as in XML feeds, and a carriage return as a line end.
/// </summary>
internal static partial class CharacterReferences
{
    /// <summary>The page without references that are errors. Recorded text cannot bring one: its ampersands are escaped.</summary>
    internal static string Mend(string html) => Wrong().Replace(html, reference => reference.Value == "&#xD;" ? "&#xA;" : "\uFFFD");

    /// <summary>Controls, and the code points that are no characters.</summary>
    [GeneratedRegex("&#x(?:[0-8B-F]|1[0-9A-F]|7F|[89][0-9A-F]|FD[DE][0-9A-F]|(?:[1-9A-F]|10)?FFF[EF]);")]
    private static partial Regex Wrong();
}
