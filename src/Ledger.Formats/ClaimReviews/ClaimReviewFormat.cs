using System.Runtime.CompilerServices;

namespace Ledger.Formats;

/// <summary>
/// Reads published fact-checks: schema.org ClaimReview as JSON-LD (a document, a list, a graph, a feed, or a document on each line) or in HTML pages.
/// A review becomes a position <c>rules</c> of its publisher, with the words of its rating, on the claim in each of its appearances.
/// </summary>
public sealed class ClaimReviewFormat : IArchiveFormat
{
    /// <inheritdoc/>
    public string Name => "claimreview";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ArchiveRecord> ReadAsync(Stream input, ArchiveOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0L;
        await foreach (var item in LdArchive.ReadAsync(input, options.BaseAddress, cancellationToken))
        {
            var reviews = item.Nodes.SelectMany(n => n.Find(x => x.Is("ClaimReview"))).ToList();
            foreach (var problem in item.Problems)
            {
                yield return RecordBuilder.Refused(++number, item.Line, item.Page?.ToString(), problem);
            }

            foreach (var review in reviews)
            {
                yield return new ReviewRecord(++number, item, review, options).Build();
            }

            if (reviews.Count == 0 && item.Problems.Count == 0)
            {
                yield return WithoutReview(++number, item);
            }
        }
    }

    /// <summary>
    /// The record for an item without a review. A node of a graph to which other nodes refer gives a record without commands; any other page or document
    /// is refused.
    /// </summary>
    private static ArchiveRecord WithoutReview(long number, LdItem item)
    {
        var name = item.Page?.ToString() ?? item.Nodes.Select(n => n.Id).FirstOrDefault();
        if (item is { IsPage: false, Nodes: [{ IsObject: true } node] } && node.Types.Any())
        {
            return new RecordBuilder(number, item.Line) { Name = name ?? node.Types.First() }.Build();
        }

        return RecordBuilder.Refused(number, item.Line, name, new(null, "It has no ClaimReview."));
    }
}
