using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The metrics of subscribers, under the name <c>Ledger.Subscribers</c>. Set alarms on the age of the oldest event, not on the lag.</summary>
internal static class SubscriberTelemetry
{
    internal const string Name = "Ledger.Subscribers";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Attempts = Meter.CreateHistogram<double>("ledger.delivery.duration", "s", "One attempt, by subscription and outcome");
    private static readonly Gauge<long> Lag = Meter.CreateGauge<long>("ledger.subscription.lag", "{event}", "Positions between a subscription and the head");
    private static readonly Gauge<double> Age = Meter.CreateGauge<double>("ledger.subscription.oldest_age", "s", "Age of the oldest event that is not delivered");
    private static readonly Gauge<long> Parked = Meter.CreateGauge<long>("ledger.subscription.parked", "{event}", "Deliveries that wait for a hand");

    /// <summary>Starts the activity of one delivery attempt, in the trace of the request that recorded the event.</summary>
    internal static Activity? StartDelivery(string subscription, RecordedEvent e)
    {
        var activity = Activities.StartActivity(
            "deliver", ActivityKind.Producer, ActivityContext.TryParse(e.Headers.TraceParent, null, true, out var parent) ? parent : default);
        activity?.SetTag("messaging.operation.type", "send");
        activity?.SetTag("messaging.message.id", e.Id.ToString());
        activity?.SetTag("ledger.subscription", subscription);
        return activity;
    }

    internal static void RecordAttempt(string subscription, DeliveryOutcome outcome, long durationMs) =>
        Attempts.Record(durationMs / 1000.0, Tag(subscription), new("outcome", outcome.Succeeded ? "delivered" : outcome.Away ? "away" : "failed"));

    internal static void RecordStatus(SubscriptionStatus status)
    {
        var tag = Tag(status.Id);
        Lag.Record(status.Lag, tag);
        Age.Record(status.OldestUndeliveredAgeS ?? 0, tag);
        Parked.Record(status.Parked, tag);
    }

    private static KeyValuePair<string, object?> Tag(string subscription) => new("subscription", subscription);
}
