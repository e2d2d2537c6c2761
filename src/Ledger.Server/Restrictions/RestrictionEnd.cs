using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>A restriction that has ended.</summary>
/// <param name="Stream">The stream that it hid.</param>
/// <param name="From">The position of the event that restricted it.</param>
/// <param name="Position">The position of the event that ended it.</param>
internal sealed record RestrictionEnd(string Stream, long From, long Position)
{
    private const string SourceTag = "source:";
    private readonly (string Type, string Id) _target = Ids.OfStream(Stream);

    /// <summary>The source that was restricted together with all its assertions. Null if a single assertion was restricted.</summary>
    internal string? Source => _target.Type == "source" ? _target.Id : null;

    /// <summary>Whether the restriction hid an event.</summary>
    internal bool Covers(RecordedEvent e) => e.Stream == Stream || (Source is { } source && e.Stream.StartsWith("assertion-", StringComparison.Ordinal) && SourcesOf(e).Contains(source));

    /// <summary>The sources that an event's tags name.</summary>
    internal static IEnumerable<string> SourcesOf(RecordedEvent e) =>
        e.Headers.Tags.Where(t => t.StartsWith(SourceTag, StringComparison.Ordinal)).Select(t => t[SourceTag.Length..]);

    /// <summary>The tags that select the events that a restriction of a source hid.</summary>
    internal static IReadOnlyList<string> TagOf(string source) => [SourceTag + source];
}
