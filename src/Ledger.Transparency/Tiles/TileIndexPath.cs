using System.Globalization;
using System.Text;

namespace Ledger.Transparency;

/// <summary>
/// The last part of a tile's path (C2SP tlog-tiles). It holds the index in groups of three digits, all but the last marked with x,
/// and the width of a partial tile. The index 1234067 and the width 5 give <c>x001/x234/067.p/5</c>.
/// </summary>
internal static class TileIndexPath
{
    private const int GroupSize = 1_000;
    private const int GroupDigits = 3;
    private const string PartialMark = ".p/";

    public static string Format(long index, int width)
    {
        var path = new StringBuilder(Digits(index % GroupSize));
        for (var rest = index / GroupSize; rest > 0; rest /= GroupSize)
        {
            path.Insert(0, $"x{Digits(rest % GroupSize)}/");
        }

        if (width != HashTile.WidthMax)
        {
            path.Append(PartialMark).Append(width.ToString(CultureInfo.InvariantCulture));
        }

        return path.ToString();
    }

    /// <summary>Reads only what <see cref="Format"/> writes, so that every tile has exactly one path.</summary>
    public static bool TryParse(string path, out long index, out int width)
    {
        index = 0;
        width = HashTile.WidthMax;
        var groups = path;
        var mark = path.IndexOf(PartialMark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            groups = path[..mark];
            if (!int.TryParse(path.AsSpan(mark + PartialMark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out width)
                || width is < 1 or >= HashTile.WidthMax)
            {
                return false;
            }
        }

        foreach (var group in groups.Split('/'))
        {
            var digits = group.TrimStart('x');
            if (digits.Length != GroupDigits
                || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || index > (long.MaxValue / HashTile.WidthMax / GroupSize) - 1)
            {
                return false;
            }

            index = (index * GroupSize) + value;
        }

        return Format(index, width) == path;
    }

    private static string Digits(long group) => group.ToString("D3", CultureInfo.InvariantCulture);
}
