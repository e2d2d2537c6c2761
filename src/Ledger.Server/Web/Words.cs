using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Turns the words of the API into text for people.</summary>
internal static class Words
{
    private const string Day = "d MMMM yyyy";

    /// <summary>Splits words such as <c>deniedElsewhere</c> and <c>denial_recorded</c> into separate words.</summary>
    internal static string Of(string word)
    {
        var words = new StringBuilder(word.Length + 4);
        foreach (var c in word)
        {
            if (char.IsUpper(c))
            {
                words.Append(' ').Append(char.ToLowerInvariant(c));
            }
            else
            {
                words.Append(c == '_' ? ' ' : c);
            }
        }

        return words.ToString().TrimStart();
    }

    internal static string Of<T>(T word)
        where T : struct, Enum => Of(JsonNamingPolicy.CamelCase.ConvertName(word.ToString()));

    /// <summary>The same with a capital first letter.</summary>
    internal static string Title(string word) => Of(word) is [var first, .. var rest] ? char.ToUpperInvariant(first) + rest : "";

    /// <summary>The CSS class of a label.</summary>
    internal static string LabelClass(string label) => "label-" + label.Split(' ')[0];

    /// <summary>A stated time with the precision that it was given in: a year, a month, a day, or an instant in UTC.</summary>
    internal static string Date(string since) =>
        WireTime.TryParse(since, out var instant) ? Instant(instant)
        : DateOnly.TryParseExact(since, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString(Day, CultureInfo.InvariantCulture)
        : DateOnly.TryParseExact(since, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month.ToString("MMMM yyyy", CultureInfo.InvariantCulture)
        : since;

    internal static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString(Day + ", HH:mm 'UTC'", CultureInfo.InvariantCulture);

    internal static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString(Day, CultureInfo.InvariantCulture);

    internal static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    internal static string Sign(Domain.Comparison op) => op switch
    {
        Domain.Comparison.Equal => "",
        Domain.Comparison.About => "about ",
        Domain.Comparison.AtMost => "at most ",
        Domain.Comparison.AtLeast => "at least ",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The text of a field's value in a change or a difference.</summary>
    internal static string Value(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "nothing",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } other => other.GetRawText(),
    };

    /// <summary>Whether a recorded text may become a link. Only a web address may, and not, for example, a javascript: address.</summary>
    internal static bool IsWebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);
}
