using System.Globalization;

namespace Ledger.Formats;

/// <summary>The rating of a review in its own words. No rating is invented or converted to another scale.</summary>
internal static class ReviewRating
{
    /// <summary>
    /// The words where there are any; otherwise the number with its range. Null where there is neither. An odd number is reported as unclear,
    /// but not changed.
    /// </summary>
    internal static string? Words(LdNode review, RecordBuilder record)
    {
        if (review.One("reviewRating") is not { } rating)
        {
            return null;
        }

        var value = rating.IsObject ? PlainText.Of(rating.TextOf("ratingValue")) : PlainText.Of(rating.Text);
        if (rating.IsObject && PlainText.Of(rating.TextOf("alternateName") ?? rating.TextOf("name")) is { } words)
        {
            Check(value, rating, record);
            return words;
        }

        var (worst, best) = rating.IsObject ? (PlainText.Of(rating.TextOf("worstRating")), PlainText.Of(rating.TextOf("bestRating"))) : (null, null);
        if (value is not null && Number(value) is not null)
        {
            Check(value, rating, record);
            return worst is null && best is null ? value : $"{value} (worst {worst ?? "not given"}, best {best ?? "not given"})";
        }

        return value ?? (rating.IsObject ? PlainText.Of(rating.TextOf("ratingExplanation") ?? rating.TextOf("description")) : null);
    }

    private static void Check(string? value, LdNode rating, RecordBuilder record)
    {
        if (Number(value) is not { } number)
        {
            return;
        }

        var (worst, best) = (Number(rating.IsObject ? rating.TextOf("worstRating") : null), Number(rating.IsObject ? rating.TextOf("bestRating") : null));
        if (worst is null || best is null)
        {
            record.Unclear("reviewRating", $"The number {value} has no whole range.");
        }
        else if (number < Math.Min(worst.Value, best.Value) || number > Math.Max(worst.Value, best.Value))
        {
            record.Unclear("reviewRating", $"The number {value} lies outside of its own range, {worst} to {best}.");
        }
    }

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
