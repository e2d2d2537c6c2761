using System.Security.Cryptography;
using System.Text;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Ledger.Domain;
using Ledger.Store;
using Marten;
using Marten.Subscriptions;

namespace Ledger.Server;

/// <summary>
/// Tells the assertions that derive from or restate another one that it changed. It records one <c>upstream_changed</c> event for each derived assertion
/// and cause. The policy is a subscription of Marten's daemon: one node runs it, and its progress is stored with that of the projections. It writes only to
/// the log. The command key of each event is made of the derived assertion and the cause. So a retry, a second node or a rebuild cannot write the event
/// twice.
/// </summary>
internal sealed class PropagationPolicy : SubscriptionBase
{
    internal const string ProgressName = "Propagation:All";

    /// <summary>The principal of the policy's events.</summary>
    internal const string Principal = "policy:propagation";

    /// <summary>
    /// When this many appends are pending, the policy waits for them. The number is a quarter of the append queue, so that the rest stays free for clients.
    /// </summary>
    private const int PendingMax = 2_000;

    private readonly EventStore _store;

    public PropagationPolicy(EventStore store)
    {
        _store = store;
        Name = "Propagation";
        IncludeArchivedEvents = true;
        Options.BatchSize = ReadModelProjection.PageMax;
        MaterialChange.Types.ToList().ForEach(type => IncludeType(EventTypes.All[type]));
        IncludeType<VersionCaptured>();
    }

    public override async Task<IChangeListener> ProcessEventsAsync(
        EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        if (page.Events.Count > 0)
        {
            await TellAsync(page.Events, cancellationToken);
        }

        return NullChangeListener.Instance;
    }

    private async Task TellAsync(IReadOnlyList<IEvent> page, CancellationToken cancellationToken)
    {
        var pending = new List<Task<AppendResult>>();
        await CarryingLinks.ReachAsync(_store, page[^1].Sequence, cancellationToken);
        var takenOver = await CarryingLinks.TakenOverAsync(_store.DataSource, [.. page.Where(e => e.Data is not VersionCaptured).Select(e => e.StreamKey!)], cancellationToken);
        List<long> positions = [.. page.Where(e => takenOver.Contains(e.StreamKey!) || e.Data is VersionCaptured v && v.Evidence.Any(o => !o.Found)).Select(e => e.Sequence)];
        if (positions.Count == 0)
        {
            return;
        }

        // While a dump is being restored, the policy records nothing: the dump contains the policy's events, each in its place.
        await using var lease = await Lease.TryAcquireAsync(_store.DataSource, DumpRestore.LeaseName, Lease.SilenceMax, cancellationToken)
            ?? throw new StoreUnavailableException("A dump is being restored; what follows from changes waits for its end.", outcomeKnown: true);
        foreach (var e in await _store.ReadEventsAsync(positions, cancellationToken))
        {
            IReadOnlyList<AppendRequest> requests;
            if (e.ToDomain() is { Event: VersionCaptured } capture)
            {
                await SettleAsync(pending);     // The change that it closes may be from this same page.
                requests = await MetAsync(e, capture, cancellationToken);
            }
            else
            {
                requests = await RequestsAsync(e, cancellationToken);
            }

            foreach (var request in requests)
            {
                pending.Add(_store.AppendAsync(request, cancellationToken));
                if (pending.Count == PendingMax)
                {
                    await SettleAsync(pending);
                }
            }
        }

        await SettleAsync(pending);
    }

    /// <summary>The command key of the single event that tells a derived assertion about a cause.</summary>
    internal static CommandKey KeyOf(string derived, long cause)
    {
        var key = $"{derived}@{cause}";
        return new(Principal, key, SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }

    private static async Task SettleAsync(List<Task<AppendResult>> pending)
    {
        foreach (var result in await Task.WhenAll(pending))
        {
            if (result is not AppendResult.Appended)
            {
                throw new InvalidOperationException($"An upstream change was refused with {result}: its key was used for something else.");
            }
        }

        pending.Clear();
    }

    /// <summary>The appends that follow from one event.</summary>
    private async Task<IReadOnlyList<AppendRequest>> RequestsAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        var cause = e.ToDomain();
        var withdrawn = cause.Event is Withdrawn w ? (await _store.ReadEventAsync(w.Event, cancellationToken))?.ToDomain().Event : null;
        var fields = MaterialChange.FieldsOf(cause.Event, withdrawn);
        if (fields.Count == 0)
        {
            return [];
        }

        var links = await CarryingLinks.BelowAsync(_store.DataSource, e.Stream, e.Position, cancellationToken);
        var reached = Downstream.Of(Ids.OfStream(e.Stream).Id, fields, links);
        if (reached.Count == 0)
        {
            return [];
        }

        var before = Assertion.Fold((await _store.ReadStreamAsync(e.Stream, toVersion: e.Version - 1, cancellationToken: cancellationToken)).Select(x => x.ToDomain()));
        var closes = MaterialChange.Closes(before, cause);
        var states = (await _store.ReadStreamsAsync([.. reached.Select(r => Ids.AssertionStream(r.Derived))], cancellationToken: cancellationToken))
            .GroupBy(x => x.Stream).ToDictionary(g => Ids.OfStream(g.Key).Id, g => Assertion.Fold(g.Select(x => x.ToDomain())), StringComparer.Ordinal);
        var enrolled = await EnrolledAsync(states.Values, e.Position, cancellationToken);
        return [.. reached.Select(r => Request(r, states[r.Derived], e, cause, closes, enrolled))];
    }

    /// <summary>
    /// The appends that follow from a captured version. It closes upstream changes of assertions whose evidence was found in earlier versions but is not
    /// found in this one.
    /// </summary>
    private async Task<IReadOnlyList<AppendRequest>> MetAsync(RecordedEvent e, Recorded capture, CancellationToken cancellationToken)
    {
        var lost = ((VersionCaptured)capture.Event).Evidence.Where(o => !o.Found).Select(o => Ids.AssertionStream(o.Assertion)).Distinct(StringComparer.Ordinal).ToList();
        var states = (await _store.ReadStreamsAsync(lost, cancellationToken: cancellationToken))
            .GroupBy(x => x.Stream).Select(g => Assertion.Fold(g.Select(x => x.ToDomain())));
        return [.. from state in states
                   let met = UpstreamChanged.MetBy(state, capture)
                   where met is not null
                   select Request(state, met, e)];
    }

    private static AppendRequest Request(
        Reached reached, Assertion derived, RecordedEvent e, Recorded cause, IReadOnlyList<Guid> closes, HashSet<string> enrolled)
    {
        var change = new UpstreamChanged
        {
            Upstream = Ids.OfStream(e.Stream).Id, Cause = e.Position, CauseType = e.Type, CauseId = e.Id, Fields = reached.Fields,
            Basis = reached.Basis, Path = reached.Path, Order = derived.Claim!.Known.ComparedTo(cause.Known),
            AwaitsAnswer = enrolled.Contains(((ClaimRecorded)derived.Claim.Event).Publisher), Closes = closes,
            PublishedAt = cause.Event.PublishedAt,
        };
        return Request(derived, change, e);
    }

    private static AppendRequest Request(Assertion derived, UpstreamChanged change, RecordedEvent e)
    {
        var stream = Ids.AssertionStream(derived.Id);
        return new([
            new(stream, "assertion", null, [new(Guid.CreateVersion7(), EventTypes.NameOf(change), EventTypes.SerializeToUtf8(change), new()
            {
                RecordedBy = Principal,
                Tags = EventTags.Of(new StreamState.OfAssertion(derived), change),
                TraceParent = e.Headers.TraceParent,
            })]),
        ])
        {
            Key = KeyOf(derived.Id, e.Position),
            CausationId = e.Id,
            CorrelationId = e.CorrelationId,
        };
    }

    /// <summary>Those publishers of the derived assertions that were enrolled when the cause was recorded.</summary>
    private async Task<HashSet<string>> EnrolledAsync(IEnumerable<Assertion> derived, long position, CancellationToken cancellationToken)
    {
        var publishers = derived.Select(d => Ids.PartyStream(((ClaimRecorded)d.Claim!.Event).Publisher)).Distinct(StringComparer.Ordinal).ToList();
        var parties = await _store.ReadStreamsAsync(publishers, position, cancellationToken);
        return parties.GroupBy(p => p.Stream)
            .Where(g => g.Select(x => x.ToDomain()).Aggregate(Party.None, Party.Evolve).Entry is { Enrolled: true })
            .Select(g => Ids.OfStream(g.Key).Id).ToHashSet(StringComparer.Ordinal);
    }
}
