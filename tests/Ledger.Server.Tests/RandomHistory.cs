using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server.Tests;

/// <summary>
/// A random log over a few assertions: claims, denials, positions, notices, amendments and withdrawals of any earlier event, recorded in one
/// order and published in another, with partial dates and without.
/// </summary>
internal sealed class RandomHistory
{
    private const int EventsMax = 200;
    private const int AssertionsMax = 20;

    private static readonly string[] Words = ["permits", "Labour", "Möwe", "amur", "ban", "wages", "firm"];
    private static readonly string[] PartyIds = ["ministry", "embassy", "union"];
    private static readonly string[] Topics = ["trade", "law"];
    private static readonly string[] Stated = ["2018", "2018-08", "2018-08-01", "2018-08-02", "2018-08-03", "2018-09"];

    private readonly Random _random;
    private readonly string _prefix;
    private readonly Dictionary<string, List<Guid>> _ids = new(StringComparer.Ordinal);

    internal RandomHistory(int seed)
    {
        _random = new(seed);
        _prefix = $"h{seed}-";
    }

    internal static IReadOnlyList<string> Parties => PartyIds;

    internal static IReadOnlyList<string> AllWords => Words;

    internal static IReadOnlyList<string> AllTopics => Topics;

    internal Random Random => _random;

    /// <summary>Appends the events one by one, so that the streams interleave.</summary>
    internal async Task RecordAsync(EventStore store)
    {
        var assertions = Enumerable.Range(0, _random.Next(1, AssertionsMax + 1)).Select(i => $"{_prefix}{i}").ToList();
        var appends = new List<Task<AppendResult>>();
        for (var count = _random.Next(1, EventsMax + 1); count > 0; count--)
        {
            var id = assertions[_random.Next(assertions.Count)];
            var known = _ids.TryGetValue(id, out var earlier);
            var (eventId, e) = (Guid.CreateVersion7(), (known ? Later(earlier!) : Claim()) with { PublishedAt = Published() });
            (earlier ?? (_ids[id] = [])).Add(eventId);
            NewEvent stored = new(eventId, EventTypes.NameOf(e), EventTypes.Serialize(e), new() { RecordedBy = "test" });
            appends.Add(store.AppendAsync(new([new(Ids.AssertionStream(id), "assertion", null, [stored])])));
        }

        foreach (var result in await Task.WhenAll(appends))
        {
            result.ShouldBeOfType<AppendResult.Appended>();
        }
    }

    internal T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    internal bool Chance(double share) => _random.NextDouble() < share;

    private ClaimRecorded Claim() => new()
    {
        Proposition = Text(),
        Source = new(Chance(0.5) ? "report" : "decree", 1),
        Publisher = Chance(0.5) ? "gazette" : "herald",
        Attribution = Chance(0.7) ? [new(Pick(PartyIds))] : [],
        Scope = Chance(0.6) ? new(null, Chance(0.7) ? Day(1 + _random.Next(10)) : null, Chance(0.7) ? Day(11 + _random.Next(10)) : null) : null,
        Topics = Chance(0.5) ? [Pick(Topics)] : [],
        Figures = [new("workers", 100)],
    };

    private LedgerEvent Later(List<Guid> earlier) => _random.Next(8) switch
    {
        0 or 1 => new DenialRecorded { Party = Pick(PartyIds), Statement = Text(), Contests = Chance(0.7) ? Contests.Whole : new("the number") },
        2 => new PositionRecorded { Party = Pick(PartyIds), Stance = Pick(Enum.GetValues<Stance>()), Statement = Text(), Independence = Independence.Independent },
        3 => new CorrectionIssued
        {
            Notice = new($"n{_random.Next(1000)}", Text()), Publisher = "gazette", Changes = [new("proposition", null, JsonSerializer.SerializeToElement(Text()))],
        },
        4 => new RetractionIssued { Notice = new($"n{_random.Next(1000)}", Text()), Publisher = "gazette", Extent = Chance(0.5) ? Extent.Full : Extent.Partial },
        5 => new ConcernExpressed { Notice = new($"n{_random.Next(1000)}", Text()), Publisher = "gazette" },
        6 => new EntryAmended { Field = "topics", After = JsonSerializer.SerializeToElement(new[] { Pick(Topics) }) },
        _ => new Withdrawn { Event = Pick(earlier), EventType = "denial_recorded", Reason = "taken back" },
    };

    private string Text() => string.Join(' ', Enumerable.Range(0, 3).Select(_ => Pick(Words)));

    /// <summary>Mostly about when it was recorded, which is later than all else; often earlier, to the day, the month or the second.</summary>
    private StatedTime? Published() => _random.Next(4) switch
    {
        0 => null,
        1 => StatedTime.Resolve(new(Pick(Stated)), TimeZoneInfo.Utc),
        _ => StatedTime.Resolve(new(WireTime.Format(new DateTimeOffset(2018, 8, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(_random.Next(400_000)))), TimeZoneInfo.Utc),
    };

    private static StatedTime Day(int day) => StatedTime.Resolve(new($"2018-08-{day:00}"), TimeZoneInfo.Utc)!;
}
