using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server.Tests;

/// <summary>Computes what a list must contain by a fold of the whole log in memory: slow and obvious.</summary>
internal static class NaiveList
{
    internal static IReadOnlyList<string> Read(IReadOnlyList<Recorded> log, long position, DateTimeOffset? knownBy, AssertionFilter filter, bool descending)
    {
        var found = new List<(long Key, string Id)>();
        var bodies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stream in log.Where(e => e.Position <= position).GroupBy(e => e.Stream))
        {
            var counted = stream.Where(e => knownBy is not { } moment || e.Known.To <= moment).ToList();
            var state = Assertion.Fold(counted);
            if (AssertionRow.Of(state) is { } row && Passes(state, Standing.Of(state), filter))
            {
                found.Add((knownBy is null ? counted[^1].Position : counted.Max(e => e.Known.To).UtcTicks, row.Id));
                bodies[row.Id] = row.Item;
            }
        }

        var ordered = descending
            ? found.OrderByDescending(f => f.Key).ThenByDescending(f => f.Id, StringComparer.Ordinal)
            : found.OrderBy(f => f.Key).ThenBy(f => f.Id, StringComparer.Ordinal);
        return [.. ordered.Select(f => bodies[f.Id])];
    }

    /// <summary>The filters, computed from the state and not from the row.</summary>
    private static bool Passes(Assertion state, Standing standing, AssertionFilter filter)
    {
        var claim = (ClaimRecorded)state.Claim!.Event;
        var said = standing.Positions.Where(p => p.State == "open").Select(p => p.Statement)
            .Append(state.Content.Proposition).Concat(state.Content.Topics).Concat(state.Content.Attribution.Select(a => a.Description));
        return (filter.Source is null || claim.Source.Id == filter.Source)
            && (filter.Publisher is null || claim.Publisher == filter.Publisher)
            && (filter.Label is null || standing.Label == filter.Label || standing.Label == filter.Label + " in part")
            && (filter.Lifecycle is null || JsonNamingPolicy.CamelCase.ConvertName(standing.Lifecycle.ToString()) == filter.Lifecycle)
            && (filter.Party is null || claim.Publisher == filter.Party || standing.Positions.Any(p => p.Party == filter.Party))
            && (filter.Topic is null || state.Content.Topics.Contains(filter.Topic))
            && (filter.Flag is null || standing.Flags.Any(f => f.Name == filter.Flag))
            && (filter.Words.Count == 0 || filter.Words.All(w => FullText.Words(said).Contains(w)))
            && (filter.ValidAt is not { } moment || state.Content.Scope?.Covers(moment) == true);
    }
}
