using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ledger.Store;

/// <summary>The metrics and activities of the store, under the name <c>Ledger.Store</c>.</summary>
public static class StoreTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Ledger.Store";

    /// <summary>The greatest number of links on an activity: the usual bound of collectors.</summary>
    private const int LinksMax = 128;

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> AppendedEvents =
        Meter.CreateCounter<long>("ledger.append.events", "{event}", "Events appended");

    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("ledger.append.requests", "{request}", "Requests decided, by outcome");

    private static readonly Histogram<int> BatchLength =
        Meter.CreateHistogram<int>("ledger.append.batch.size", "{request}", "Requests in one commit");

    private static readonly Histogram<double> BatchDuration =
        Meter.CreateHistogram(
            "ledger.append.commit.duration", "s", "One round trip: decide, append, commit",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5] });

    private static readonly Counter<long> Reconnects =
        Meter.CreateCounter<long>("ledger.listener.reconnects", "{connection}", "Times that the listening connection was lost");

    /// <summary>
    /// The activity source. There is one activity for each batch (<c>append batch</c>) and one for each page of a projection (<c>project</c>).
    /// </summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>
    /// Starts an activity for the work of several requests. With one trace context it becomes a part of that trace; with several it is linked to each.
    /// </summary>
    /// <param name="name">The activity's name.</param>
    /// <param name="parents">The W3C trace contexts of the requests.</param>
    internal static Activity? StartJoined(string name, IEnumerable<string?> parents)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        var contexts = parents.Distinct().Select(p => ActivityContext.TryParse(p, null, true, out var context) ? context : default)
            .Where(c => c != default).Take(LinksMax).ToList();
        return contexts is [var single]
            ? Activities.StartActivity(name, ActivityKind.Internal, single)
            : Activities.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: contexts.Select(c => new ActivityLink(c)));
    }

    internal static UpDownCounter<long> QueueDepth { get; } =
        Meter.CreateUpDownCounter<long>("ledger.append.queue", "{request}", "Requests that wait for the appender");

    internal static void RecordBatch(AppendResult[] results, TimeSpan duration)
    {
        BatchLength.Record(results.Length);
        BatchDuration.Record(duration.TotalSeconds);
        if (!Requests.Enabled && !AppendedEvents.Enabled)
        {
            return;
        }

        foreach (var result in results)
        {
            Requests.Add(1, new KeyValuePair<string, object?>("outcome", OutcomeOf(result)));
            if (result is AppendResult.Appended { Replayed: false } appended)
            {
                AppendedEvents.Add(appended.Events.Count);
            }
        }
    }

    internal static void RecordReconnect() => Reconnects.Add(1);

    /// <summary>Reports the lag of projections, for as long as the meter lives.</summary>
    internal static Meter ReportLag(Func<IEnumerable<(string Projection, long Events)>> read)
    {
        var meter = new Meter(Name);
        meter.CreateObservableGauge("ledger.projection.lag",
            () => read().Select(p => new Measurement<long>(Math.Max(0, p.Events), new KeyValuePair<string, object?>("projection", p.Projection))),
            "{event}", "Events that a projection of this node has yet to apply");
        return meter;
    }

    private static string OutcomeOf(AppendResult result) => result switch
    {
        AppendResult.Appended { Replayed: false } => "appended",
        AppendResult.Appended => "repeated",
        AppendResult.VersionConflict => "version_conflict",
        AppendResult.ConditionFailed => "condition_failed",
        AppendResult.KeyReused => "key_reused",
        _ => throw new UnreachableException(),
    };
}
