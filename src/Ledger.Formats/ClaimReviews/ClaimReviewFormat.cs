using System.Runtime.CompilerServices;

namespace Ledger.Formats;

/// <summary>
/// Published fact-checks: schema.org ClaimReview as JSON-LD (a document, a list, a graph, a feed, a document a line) or embedded in HTML pages.
/// A review becomes a position <c>rules</c> of whoever published it, with its rating's own words, on the claim as each appearance states it.
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

    /// <summary>A node of a graph that others refer to is no record of its own; a page or a document without a review is one that says nothing.</summary>
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
