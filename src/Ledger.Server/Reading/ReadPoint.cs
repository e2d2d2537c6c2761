using System.Globalization;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The moment that a read asks about, resolved once: a position of the log, and what had to be public by when.</summary>
/// <param name="Position">S: every part of the answer is read at it.</param>
/// <param name="IsPast">Whether the client named it, rather than asking for the present.</param>
/// <param name="KnownAt">Only what was published by the end of this moment counts; null: all that was recorded.</param>
internal sealed record ReadPoint(long Position, bool IsPast, Interval? KnownAt)
{
    /// <summary>Whether an event counts at this moment.</summary>
    internal bool Counts(Recorded e) => KnownAt is not { } moment || e.Known.To <= moment.To;

    /// <summary>Whether an event may have been known: its publication only overlaps the moment.</summary>
    internal bool IsUncertain(Recorded e) => KnownAt is { } moment && e.Known.To > moment.To && e.Known.From < moment.To;
}

/// <summary>Resolves the times of a query to a position.</summary>
internal sealed class ReadPoints(EventStore store, TimeProvider clock)
{
    /// <summary>Takes asOf and knownAt from the query; the present where neither is given.</summary>
    /// <param name="query">The query.</param>
    /// <param name="headAsync">Where the log stands.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<ReadPoint> OfAsync(Query query, Func<Task<long>> headAsync, CancellationToken cancellationToken)
    {
        var knownAt = Moment(query, "knownAt");
        return query.Text("asOf") is { } asOf
            ? new(await ResolveAsync(asOf, "asOf", headAsync, cancellationToken), true, knownAt)
            : new(await headAsync(), false, knownAt);
    }

    /// <summary>A position, or a time turned into the position of the last event recorded by then; the future is 400.</summary>
    internal Task<long> ResolveAsync(string text, string name, CancellationToken cancellationToken) =>
        ResolveAsync(text, name, () => store.HeadAsync(cancellationToken), cancellationToken);

    private async Task<long> ResolveAsync(string text, string name, Func<Task<long>> headAsync, CancellationToken cancellationToken)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            var head = await headAsync();
            return position <= head ? position : throw Query.Invalid(name, $"is a position that the log has not reached; it stands at {head}.");
        }

        if (!PartialDate.TryInterval(text, TimeZoneInfo.Utc, out var interval))
        {
            throw Query.Invalid(name, "is a position or a time such as 2018-08-03T14:05:00Z (a + in an offset is written %2B).");
        }

        var last = interval.To.AddMicroseconds(-1);
        return last > clock.GetUtcNow()
            ? throw Query.Invalid(name, "lies in the future; nobody knows yet what the ledger will say.")
            : await store.ResolveAsync(last, cancellationToken) ?? throw Query.Invalid(name, "lies in the future of the database's clock; ask for a moment earlier.");
    }

    /// <summary>A moment of publication; a day means its end.</summary>
    internal static Interval? Moment(Query query, string name) =>
        query.Text(name) is not { } text ? null
        : PartialDate.TryInterval(text, TimeZoneInfo.Utc, out var interval) ? interval
        : throw Query.Invalid(name, "is a time such as 2018-08-03 or 2018-08-03T14:05:00Z.");
}
