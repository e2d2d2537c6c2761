namespace Ledger.Domain;

/// <summary>The flags that one assertion's stream can know. Those that need other streams are added by whoever reads them.</summary>
public static class StandingFlags
{
    /// <summary>Every flag that may appear, for the filter of lists.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "contested", "singleOrigin", "unattributed", "evidenceOrphaned", "textChangedWithoutNotice", "upstreamChanged",
        "possiblyAffected", "deniedElsewhere", "awaitingAnswer", "restricted",
    ];

    /// <summary>The flags that stand.</summary>
    public static IEnumerable<Flag> Of(Assertion state)
    {
        if (state.Claim is not { } claim)
        {
            yield break;
        }

        foreach (var flag in Contested(state).Concat(Origin(state, claim)).Concat(Upstream(state)).Concat(Awaiting(state)).Concat(Restricted(state)).Concat(Text(state)))
        {
            yield return flag;
        }
    }

    private static IEnumerable<Flag> Contested(Assertion state)
    {
        var against = state.Entries.InOrder
            .Where(e => e.Record.Event is DenialRecorded or PositionRecorded { Stance: Stance.Disputes })
            .ToList();
        if (against is [var first, ..])
        {
            var parties = against.Select(e => WithdrawEvent.PartyBehind(e.Record.Event)).Distinct();
            yield return new("contested", first.Record.Since, $"Denied or disputed by {string.Join(", ", parties)}.");
        }
    }

    private static IEnumerable<Flag> Origin(Assertion state, Recorded claim)
    {
        if (state.Content.Attribution is not [var origin, ..])
        {
            yield return new("unattributed", claim.Since, "No originator is named.");
        }
        else if (!state.Entries.Standing<PositionRecorded>().Any(p => p.Event is { Stance: Stance.Corroborates, Independence: Independence.Independent }))
        {
            yield return new("singleOrigin", claim.Since, $"Every recorded chain goes back to {origin.Party ?? origin.Description}.");
        }
    }

    private static IEnumerable<Flag> Upstream(Assertion state)
    {
        foreach (var kind in state.Entries.Standing<UpstreamChanged>().GroupBy(u => KindOf(u.Event)))
        {
            var (first, details) = (kind.First().Record, kind.Select(u => Detail(u.Event)));
            yield return new(kind.Key, first.Since, string.Join(" ", details));
        }

        foreach (var rejected in state.Rejections)
        {
            var answer = (ActionAnswered)rejected.Event;
            var change = state.Entries.All<UpstreamChanged>().FirstOrDefault(u => u.Entry.Record.Position == answer.Upstream).Event;
            yield return new(change is null ? "upstreamChanged" : KindOf(change), rejected.Since, $"{answer.By} answered: judged not to apply.");
        }
    }

    /// <summary>The flag that an upstream change raises: a denial elsewhere, a change over stated links, or over inferred ones.</summary>
    public static string KindOf(UpstreamChanged change) =>
        change.CauseType == "denial_recorded" ? "deniedElsewhere" : change.Basis == Basis.Stated ? "upstreamChanged" : "possiblyAffected";

    private static string Detail(UpstreamChanged change)
    {
        var what = change.CauseType.Replace('_', ' ');
        var fields = change.Fields.Count == 0 ? "" : $" touching {string.Join(", ", change.Fields)}";
        var order = change.Order switch
        {
            TimeOrder.Before => "published before the change",
            TimeOrder.After => "carries the earlier value",
            _ => "order of publication unknown",
        };
        return $"{change.Upstream}: {what}{fields}, over a link that is {(change.Basis == Basis.Stated ? "stated" : "inferred")}; {order}.";
    }

    private static IEnumerable<Flag> Awaiting(Assertion state)
    {
        var waiting = state.Entries.InOrder
            .Where(e => e.Record.Event is ActionRequested or UpstreamChanged { AwaitsAnswer: true })
            .ToList();
        if (waiting is [var first, ..])
        {
            var requests = waiting.Count(e => e.Record.Event is ActionRequested);
            yield return new("awaitingAnswer", first.Record.Since,
                $"No answer recorded: {requests} of requests, {waiting.Count - requests} of upstream changes.");
        }
    }

    private static IEnumerable<Flag> Text(Assertion state)
    {
        var lost = state.Entries.Standing<EvidenceAttached>().Where(e => state.Searched.TryGetValue(e.Record.Id, out var s) && !s.Found)
            .Select(e => state.Searched[e.Record.Id].Capture).OrderBy(c => c.Position).ToList();
        if (lost is [var first, ..])
        {
            var version = ((VersionCaptured)first.Event).Version;
            yield return new("evidenceOrphaned", first.Since, $"Not found in version {version}: {lost.Count} of its evidence.");
            if (state.Notices.IsEmpty)
            {
                yield return new("textChangedWithoutNotice", first.Since, $"The text under it changed in version {version}; no notice is recorded.");
            }
        }
    }

    private static IEnumerable<Flag> Restricted(Assertion state)
    {
        foreach (var (record, restriction) in state.Entries.Standing<AccessRestricted>().Take(1))
        {
            var until = restriction.Until is { } end ? $" until {end.Value}" : "";
            yield return new("restricted", record.Since, $"Access restricted ({restriction.Reason.ToString().ToLowerInvariant()}){until}.");
        }
    }
}
