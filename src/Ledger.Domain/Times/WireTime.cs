using System.Globalization;

namespace Ledger.Domain;

/// <summary>The one form in which the ledger writes instants: UTC, six decimals and <c>Z</c>. In this form the order of texts is the order of times.</summary>
public static class WireTime
{
    /// <summary>The framework's round-trip format. It has one digit more than needed, but is many times faster than a custom pattern.</summary>
    private const string RoundTrip = "O";
    private const int FormatLength = 27;

    /// <summary>Writes an instant; anything below a microsecond is cut off.</summary>
    public static string Format(DateTimeOffset instant)
    {
        Span<char> text = stackalloc char[FormatLength + 1];
        instant.UtcDateTime.TryFormat(text, out _, RoundTrip, CultureInfo.InvariantCulture);
        text[FormatLength - 1] = 'Z';
        return new(text[..FormatLength]);
    }

    /// <summary>Cuts an instant to the microsecond, the precision of PostgreSQL, in UTC.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset instant)
    {
        var utc = instant.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Reads an RFC 3339 instant: a date, a time with seconds, and an offset. Digits below a microsecond are cut off.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        // A fast path for the log's own form, which nearly all texts have. Otherwise a fold of a million events would spend much of its time here.
        if (text is [.., 'Z'] && text.Length == FormatLength)
        {
            Span<char> longer = stackalloc char[FormatLength + 1];
            text.CopyTo(longer);
            (longer[FormatLength - 1], longer[FormatLength]) = ('0', 'Z');
            if (DateTimeOffset.TryParseExact(longer, RoundTrip, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant))
            {
                return true;
            }
        }

        instant = default;
        var normal = text.ToUpperInvariant();
        var dot = normal.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0)
        {
            var end = dot + 1;
            while (end < normal.Length && char.IsAsciiDigit(normal[end]))
            {
                end++;
            }

            if (end == dot + 1)
            {
                return false;
            }

            // .NET reads at most seven digits. The digits that are cut lie below the log's precision of a microsecond.
            var digits = normal[(dot + 1)..end];
            normal = string.Concat(normal.AsSpan(0, dot + 1), digits.Length > 6 ? digits[..6] : digits.PadRight(6, '0'), normal.AsSpan(end));
        }

        string[] forms = dot > 0 ? ["yyyy-MM-dd'T'HH:mm:ss.ffffffK"] : ["yyyy-MM-dd'T'HH:mm:ssK"];
        var hasOffset = normal.EndsWith('Z') || (normal.Length > 6 && normal[^6] is '+' or '-' && normal[^3] == ':');
        return hasOffset
            && DateTimeOffset.TryParseExact(normal, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant)
            && Utc(ref instant);
    }

    private static bool Utc(ref DateTimeOffset instant)
    {
        instant = Truncate(instant);
        return true;
    }
}
