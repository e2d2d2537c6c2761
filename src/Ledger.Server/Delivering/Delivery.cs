using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>One attempt to deliver: when, how long it took, and what came back.</summary>
internal sealed record DeliveryAttempt(DateTimeOffset At, long DurationMs, int? Status, string? Error);

/// <summary>How an attempt ended.</summary>
internal sealed record DeliveryOutcome
{
    public int? Status { get; init; }

    /// <summary>What went wrong; null when the subscriber accepted the event.</summary>
    public string? Error { get; init; }

    /// <summary>The pause that the subscriber asks for.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The endpoint says that it is gone for good.</summary>
    public bool Gone { get; init; }

    /// <summary>
    /// The attempt did not fail because of the event: the broker or our own database was unavailable, or the attempt was interrupted. It does not
    /// count against the event.
    /// </summary>
    public bool Away { get; init; }

    /// <summary>Set when the event was not sent because the subscriber may not see it for now: what is known of the restriction.</summary>
    public Withheld? Withheld { get; init; }

    internal bool Succeeded => Error is null;

    internal static DeliveryOutcome Taken(int? status = null) => new() { Status = status };
}

/// <summary>Why a delivery waits: something is restricted.</summary>
/// <param name="Position">The position up to which the log was read to find the restriction.</param>
/// <param name="Sources">The sources that the event belongs to; null where they are not known.</param>
internal sealed record Withheld(long Position, IReadOnlyCollection<string>? Sources);

/// <summary>A way to hand an event to a subscriber.</summary>
internal interface IDeliveryTarget : IAsyncDisposable
{
    /// <summary>Hands over one event. Whatever goes wrong on the way is an outcome, not an exception.</summary>
    Task<DeliveryOutcome> DeliverAsync(DeliveredMessage message, CancellationToken cancellationToken);
}

/// <summary>The message that is handed over.</summary>
internal sealed record DeliveredMessage(Guid Id, string Type, string Subject, DateTimeOffset RecordedAt, ReadOnlyMemory<byte> Json)
{
    /// <summary>The name of a header. Its value is JSON: the links through which an event further upstream concerns the subscriber.</summary>
    internal const string ViaHeader = "Ledger-Via";

    /// <summary>The newest signed head, in base64; null before the first.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The paths to the assertions that the subscriber follows, as JSON; null when it follows the event's own assertion.</summary>
    public string? Via { get; init; }

    /// <summary>The headers that travel beside the event, never inside it.</summary>
    internal IEnumerable<(string Name, string Value)> Beside()
    {
        if (Checkpoint is not null)
        {
            yield return (SignedHeads.Header, Checkpoint);
        }

        if (Via is not null)
        {
            yield return (ViaHeader, Via);
        }
    }

    internal static DeliveredMessage Of(PublishedEvent e) =>
        new(e.Recorded.Id, CloudEvent.TypeOf(e.Recorded.Type), e.Recorded.Stream, e.Recorded.RecordedAt, e.Json);
}

/// <summary>A delivery as it is stored and shown.</summary>
internal sealed record Delivery
{
    internal const string Pending = "pending";
    internal const string Parked = "parked";
    internal const string Delivered = "delivered";
    internal const string Skipped = "skipped";

    /// <summary>The error of an attempt that was not made because of a restriction.</summary>
    internal const string WithheldError = "access is restricted for now";

    /// <summary>The most attempts that are kept; earlier ones are only counted.</summary>
    private const int AttemptsKept = 20;

    public required long Position { get; init; }

    public required Guid EventId { get; init; }

    public required string Stream { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required string State { get; init; }

    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    public int AttemptCount { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether the delivery waited for the end of a restriction.</summary>
    internal bool WasWithheld => Attempts.Any(a => a.Error == WithheldError);

    internal static Delivery Of(RecordedEvent e, string state = Pending) => new()
    {
        Position = e.Position,
        EventId = e.Id,
        Stream = e.Stream,
        Type = e.Type,
        RecordedAt = e.RecordedAt,
        State = state,
    };

    /// <summary>The delivery after one more attempt.</summary>
    internal Delivery With(DeliveryAttempt attempt, string state, DateTimeOffset? next) => this with
    {
        State = state,
        Attempts = [.. Attempts.TakeLast(AttemptsKept - 1), attempt],
        AttemptCount = AttemptCount + 1,
        NextAttemptAt = next,
        FinishedAt = state is Delivered ? attempt.At.AddMilliseconds(attempt.DurationMs) : null,
    };

    /// <summary>The delivery after it was found to be restricted: it waits for the end of the restriction, and no attempt is counted.</summary>
    internal Delivery WithWithheld(DeliveryAttempt attempt) => this with
    {
        State = Pending,
        Attempts = Attempts is [.., var last] && last.Error == attempt.Error ? Attempts : [.. Attempts.TakeLast(AttemptsKept - 1), attempt],
        NextAttemptAt = null,
    };

    internal string AttemptsJson() => JsonSerializer.Serialize(Attempts, DomainJson.Stored);
}
