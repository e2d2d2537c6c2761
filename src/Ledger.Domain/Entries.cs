using System.Collections.Immutable;

namespace Ledger.Domain;

/// <summary>Why an entry is closed.</summary>
public enum Closing
{
    /// <summary>The party behind it took it back, or the recorder lifted it.</summary>
    Withdrawn,

    /// <summary>A later event took its place, such as a later position of the same party and stance.</summary>
    Updated,

    /// <summary>A party answered it.</summary>
    Answered,
}

/// <summary>An event that is open until another event closes it, such as a denial, a position, a link or a restriction.</summary>
/// <param name="Record">The event.</param>
/// <param name="ClosedBy">The event that closed it; null while it is open.</param>
/// <param name="How">How it was closed; without meaning while it is open.</param>
public sealed record Entry(Recorded Record, Recorded? ClosedBy = null, Closing How = Closing.Withdrawn);

/// <summary>
/// The entries of a stream in the order of their versions, with open and closed entries kept apart. So the cost of reading the open entries does not
/// depend on how many were closed. References to events that are not here (not yet known at the requested moment) are ignored.
/// </summary>
public sealed record Entries
{
    /// <summary>No entries.</summary>
    public static Entries None { get; } = new();

    /// <summary>The open entries, by version.</summary>
    public ImmutableSortedDictionary<long, Entry> Open
    {
        get;
        init
        {
            field = value;
            _inOrder = null;
        }
    } = ImmutableSortedDictionary<long, Entry>.Empty;

    /// <summary>The closed entries, by version.</summary>
    public ImmutableSortedDictionary<long, Entry> Closed { get; init; } = ImmutableSortedDictionary<long, Entry>.Empty;

    /// <summary>The newest withdrawn entry for each key that <see cref="StandingPositions.KeyOf"/> gives.</summary>
    internal ImmutableDictionary<PositionKey, Entry> Withdrawn { get; private init; } = ImmutableDictionary<PositionKey, Entry>.Empty;

    /// <summary>The open entries, oldest first, as an array. A standing is computed in many passes over them, and a tree is slow to walk.</summary>
    internal Entry[] InOrder => _inOrder ??= [.. Open.Values];

    private Entry[]? _inOrder;

    private ImmutableDictionary<Guid, long> Versions { get; init; } = ImmutableDictionary<Guid, long>.Empty;

    /// <summary>Adds an open entry.</summary>
    public Entries Add(Recorded e) => this with { Open = Open.SetItem(e.Version, new(e)), Versions = Versions.SetItem(e.Id, e.Version) };

    /// <summary>Closes the entry with this id as withdrawn, if there is one and it is open.</summary>
    public Entries Withdraw(Guid id, Recorded by) => Close(id, by, Closing.Withdrawn);

    /// <summary>Closes the entry with this id, if there is one and it is open.</summary>
    public Entries Close(Guid id, Recorded by, Closing how) =>
        Versions.TryGetValue(id, out var version) && Open.TryGetValue(version, out var entry)
            ? Shut(entry with { ClosedBy = by, How = how })
            : this;

    private Entries Shut(Entry closed)
    {
        var version = closed.Record.Version;
        var key = closed.How == Closing.Withdrawn ? StandingPositions.KeyOf(closed.Record.Event) : null;
        var isNewest = key is not null && !(Withdrawn.TryGetValue(key, out var other) && other.Record.Version > version);
        return this with
        {
            Open = Open.Remove(version),
            Closed = Closed.SetItem(version, closed),
            Withdrawn = isNewest ? Withdrawn.SetItem(key!, closed) : Withdrawn,
        };
    }

    /// <summary>Closes the entry with this id as answered. A later answer takes the place of the earlier one.</summary>
    public Entries Answer(Guid id, Recorded by) =>
        Versions.TryGetValue(id, out var version) && Closed.TryGetValue(version, out var entry) && entry.How == Closing.Answered
            ? this with { Closed = Closed.SetItem(version, entry with { ClosedBy = by }) }
            : Close(id, by, Closing.Answered);

    /// <summary>The entry with this id, open or closed; null where there is none.</summary>
    public Entry? Find(Guid id) =>
        Versions.TryGetValue(id, out var version) ? Open.GetValueOrDefault(version) ?? Closed.GetValueOrDefault(version) : null;

    /// <summary>The open events of one type, oldest first.</summary>
    public IEnumerable<(Recorded Record, T Event)> Standing<T>()
        where T : LedgerEvent
    {
        foreach (var entry in InOrder)
        {
            if (entry.Record.Event is T e)
            {
                yield return (entry.Record, e);
            }
        }
    }

    /// <summary>All events of one type, open and closed, oldest first.</summary>
    public IEnumerable<(Entry Entry, T Event)> All<T>()
        where T : LedgerEvent =>
        from entry in Open.Values.Concat(Closed.Values)
        where entry.Record.Event is T
        orderby entry.Record.Version
        select (entry, (T)entry.Record.Event);
}
