namespace Ledger.Transparency;

/// <summary>The coordinates of a bundle of leaves, which begins with leaf 256·<paramref name="Index"/> (C2SP tlog-tiles).</summary>
/// <param name="Index">The zero-based number of the bundle.</param>
/// <param name="Width">The number of entries: 256, or fewer in a partial bundle.</param>
public readonly record struct EntryBundleCoordinates(long Index, int Width)
{
    private const string Prefix = "tile/entries/";

    /// <summary>The path under the log's prefix, such as <c>tile/entries/x001/x234/067.p/5</c>.</summary>
    public string Path => Prefix + TileIndexPath.Format(Index, Width);

    /// <summary>Reads a path exactly as <see cref="Path"/> writes it, and nothing else.</summary>
    public static bool TryParse(string path, out EntryBundleCoordinates bundle)
    {
        bundle = default;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal)
            || !TileIndexPath.TryParse(path[Prefix.Length..], out var index, out var width))
        {
            return false;
        }

        bundle = new EntryBundleCoordinates(index, width);
        return true;
    }
}
