namespace Ledger.Domain;

/// <summary>The flags that follow from one assertion's own stream. Code that reads other streams adds the flags that need those.</summary>
public static class StandingFlags
{
    /// <summary>
    /// Every flag that may appear. Lists filter by flag and store each flag as a bit, numbered by its place here. So a new flag must come last.
    /// </summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "contested", "singleOrigin", "unattributed", "evidenceOrphaned", "textChangedWithoutNotice", "upstreamChanged",
        "possiblyAffected", "deniedElsewhere", "awaitingAnswer", "restricted", "typographicChange",
    ];

    /// <summary>The flags that are raised now.</summary>
    public static IReadOnlyList<Flag> Of(Assertion state)
    {
        if (state.Claim is not { } claim)
        {
            return [];
        }

        List<Entry> against = [], waiting = [], upstream = [], restricted = [];
        var isCorroborated = false;
        foreach (var entry in state.Entries.InOrder)
        {
            switch (entry.Record.Event)
            {
                case DenialRecorded or PositionRecorded { Stance: Stance.Disputes }:
                    against.Add(entry);
                    break;
                case PositionRecorded { Stance: Stance.Corroborates, Independence: Independence.Independent }:
                    isCorroborated = true;
                    break;
                case ActionRequested:
                    waiting.Add(entry);
                    break;
                case UpstreamChanged change:
                    upstream.Add(entry);
                    if (change.AwaitsAnswer)
                    {
                        waiting.Add(entry);
                    }

                    break;
                case AccessRestricted:
                    restricted.Add(entry);
                    break;
                default:
                    break;
            }
        }

        var flags = new List<Flag>();
        Contested(flags, against);
        Origin(flags, state, claim, isCorroborated);
        Upstream(flags, state, upstream);
        Awaiting(flags, waiting);
        Restricted(flags, restricted);
        Text(flags, state);
        return flags;
    }

    private static void Contested(List<Flag> flags, List<Entry> against)
    {
        if (against is [var first, ..])
        {
            var parties = against.Select(e => WithdrawEvent.PartyBehind(e.Record.Event)).Distinct();
            flags.Add(new("contested", first.Record.Since, $"Denied or disputed by {string.Join(", ", parties)}."));
        }
    }

    private static void Origin(List<Flag> flags, Assertion state, Recorded claim, bool isCorroborated)
    {
        // A correction changes the attribution chain when it is published. An amendment states what was so from the beginning.
        var since = state.Corrections.FindLast(c => ((CorrectionIssued)c.Event).Changes.Any(x => x.Field == "attribution"))?.Since ?? claim.Since;
        if (state.Content.Attribution is not [var origin, ..])
        {
            flags.Add(new("unattributed", since, "No originator is named."));
        }
        else if (!isCorroborated)
        {
            flags.Add(new("singleOrigin", since, $"Every recorded chain goes back to {origin.Party ?? origin.Description}."));
        }
    }

    private static void Upstream(List<Flag> flags, Assertion state, List<Entry> upstream)
    {
        foreach (var kind in upstream.GroupBy(e => KindOf((UpstreamChanged)e.Record.Event)))
        {
            var details = kind.Select(e => Detail((UpstreamChanged)e.Record.Event));
            flags.Add(new(kind.Key, kind.First().Record.Since, string.Join(" ", details)));
        }

        foreach (var rejected in state.Rejections)
        {
            var answer = (ActionAnswered)rejected.Event;
            var change = state.Entries.All<UpstreamChanged>().FirstOrDefault(u => u.Entry.Record.Position == answer.Upstream).Event;
            flags.Add(new(change is null ? "upstreamChanged" : KindOf(change), rejected.Since, $"{answer.By} answered: judged not to apply."));
        }
    }

    /// <summary>
    /// The flag that an upstream change raises. It tells apart a denial elsewhere, a change over stated links and a change over inferred links.
    /// </summary>
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

    private static void Awaiting(List<Flag> flags, List<Entry> waiting)
    {
        if (waiting is [var first, ..])
        {
            var requests = waiting.Count(e => e.Record.Event is ActionRequested);
            flags.Add(new("awaitingAnswer", first.Record.Since,
                $"No answer recorded: {requests} of requests, {waiting.Count - requests} of upstream changes."));
        }
    }

    private static void Text(List<Flag> flags, Assertion state)
    {
        if (state.Searched.IsEmpty)
        {
            return;
        }

        var searched = state.Entries.Standing<EvidenceAttached>().Where(e => state.Searched.ContainsKey(e.Record.Id))
            .Select(e => state.Searched[e.Record.Id]).OrderBy(s => s.Capture.Position).ToList();
        var lost = searched.Where(s => !s.Found).Select(s => s.Capture).ToList();
        if (lost is [var first, ..])
        {
            var version = ((VersionCaptured)first.Event).Version;
            flags.Add(new("evidenceOrphaned", first.Since, $"Not found in version {version}: {lost.Count} of its evidence."));
            if (state.Notices.IsEmpty)
            {
                flags.Add(new("textChangedWithoutNotice", first.Since, $"The text under it changed in version {version}; no notice is recorded."));
            }
        }

        if (searched.FirstOrDefault(s => s.Typographic).Capture is { } set)
        {
            flags.Add(new("typographicChange", set.Since, $"The same words stand in version {((VersionCaptured)set.Event).Version} with other typography."));
        }
    }

    private static void Restricted(List<Flag> flags, List<Entry> restricted)
    {
        if (restricted is [var entry, ..])
        {
            var restriction = (AccessRestricted)entry.Record.Event;
            var until = restriction.Until is { } end ? $" until {end.Value}" : "";
            flags.Add(new("restricted", entry.Record.Since, $"Access restricted ({restriction.Reason.ToString().ToLowerInvariant()}){until}."));
        }
    }
}
