using Ledger.Store;

namespace Ledger.Server;

/// <summary>A subscription as people see it.</summary>
internal sealed record SubscriptionStatus
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required DeliveryTarget Delivery { get; init; }

    public required SubscriptionFilter Filter { get; init; }

    public required string State { get; init; }

    /// <summary>Everything up to here is delivered, or stands in the list of deliveries.</summary>
    public required long Cursor { get; init; }

    public required long Head { get; init; }

    public required long Lag { get; init; }

    /// <summary>Seconds since the oldest event was recorded that is neither delivered nor skipped; absent where there is none.</summary>
    public double? OldestUndeliveredAgeS { get; init; }

    /// <summary>Deliveries that are tried again, or wait behind one that is.</summary>
    public required long Pending { get; init; }

    public required long Parked { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    public string? LastError { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The signing secret: only in the answer that made it.</summary>
    public string? Secret { get; init; }
}

/// <summary>Reads the status of a subscription.</summary>
internal sealed class SubscriptionStatuses(EventStore store, TimeProvider clock)
{
    /// <summary>
    /// How many events after the cursor are searched for the first one that the subscriber is told about, if not every event that is read concerns it.
    /// </summary>
    private const int UndeliveredPage = 100;

    internal async Task<SubscriptionStatus> OfAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var (pending, parked, oldest) = await OpenAsync(subscription.Id, cancellationToken);
        var interest = new Interest(subscription, store);
        var page = await store.ReadFeedAsync(subscription.Position, interest.ReadsMore ? UndeliveredPage : 1, interest.Read, cancellationToken);
        if (await interest.SelectAsync(page.Events, e => e, cancellationToken) is [var next, ..] && (oldest is null || next.RecordedAt < oldest))
        {
            oldest = next.RecordedAt;
        }

        return new()
        {
            Id = subscription.Id,
            Name = subscription.Name,
            Delivery = subscription.Target,
            Filter = subscription.Filter,
            State = subscription.State,
            Cursor = subscription.Position,
            Head = page.Head,
            Lag = Math.Max(0, page.Head - subscription.Position),
            OldestUndeliveredAgeS = oldest is { } at ? Math.Max(0, Math.Round((clock.GetUtcNow() - at).TotalSeconds, 3)) : null,
            Pending = pending,
            Parked = parked,
            LastSuccessAt = subscription.SucceededAt,
            LastErrorAt = subscription.FailedAt,
            LastError = subscription.Error,
            CreatedBy = subscription.CreatedBy,
            CreatedAt = subscription.CreatedAt,
        };
    }

    private async Task<(long Pending, long Parked, DateTimeOffset? Oldest)> OpenAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand("""
            select count(*) filter (where state = 'pending'), count(*) filter (where state = 'parked'), min(recorded_at)
            from ledger_ops.delivery where subscription = $1 and state in ('pending', 'parked')
            """);
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt64(1), await row.IsDBNullAsync(2, cancellationToken) ? null : await row.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken));
    }
}
