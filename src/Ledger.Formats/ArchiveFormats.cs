namespace Ledger.Formats;

/// <summary>All formats from which an archive can be imported.</summary>
public static class ArchiveFormats
{
    /// <summary>The formats, in the order in which people see them.</summary>
    public static IReadOnlyList<IArchiveFormat> All { get; } =
    [
        new ClaimReviewFormat(), new CrossrefFormat(), new RetractionWatchFormat(), new NinjsFormat(), new NewsMlFormat(), new FeedFormat(), new ArticleFormat(), new MappedCsvFormat(),
    ];

    /// <summary>The format of that name; null where there is none.</summary>
    public static IArchiveFormat? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}
