using System.Collections.Immutable;

namespace Ledger.Domain;

/// <summary>A work with its versions: the state to which its stream folds.</summary>
public sealed record Source
{
    /// <summary>The state before the first event.</summary>
    public static Source None { get; } = new();

    /// <summary>Its id, the stream's name without the prefix.</summary>
    public string Id { get; init; } = "";

    /// <summary>The entry; null while there is none.</summary>
    public SourceRegistered? Registered { get; init; }

    /// <summary>Its versions by number.</summary>
    public ImmutableSortedDictionary<int, Recorded> Versions { get; init; } = ImmutableSortedDictionary<int, Recorded>.Empty;

    /// <summary>The links from the work itself and the restrictions on it, both open and withdrawn.</summary>
    public Entries Entries { get; init; } = Entries.None;

    /// <summary>The number of the stream's events so far.</summary>
    public long Version { get; init; }

    /// <summary>The position of the newest event.</summary>
    public long Position { get; init; }

    /// <summary>When the source was registered; null while there is no event.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>When its newest event was recorded.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The time zone in which its partial dates are read.</summary>
    public TimeZoneInfo Zone => Zones.OrUtc(Registered?.TimeZone);

    /// <summary>The recording of a version, also of one that nobody has seen; null where that number was never recorded.</summary>
    public VersionCaptured? Captured(int number) => Versions.GetValueOrDefault(number)?.Event as VersionCaptured;

    /// <summary>Registers the work. The same entry again changes nothing; another entry under the same id is refused.</summary>
    public static Decision Decide(Source state, RegisterSource command, Circumstances c) => Rules.Apply(command, c, null, stamp =>
    {
        var entry = new SourceRegistered
        {
            Kind = command.Kind, Title = command.Title, Publisher = command.Publisher, Url = command.Url,
            Identifiers = command.Identifiers, Language = command.Language, TimeZone = command.TimeZone,
        };
        return state.Registered switch
        {
            null => Decision.Accept(stamp(entry)),
            { } same when Same.Event(same, entry) => Decision.Nothing,
            _ => Decision.Refuse(RefusalCode.IdTaken, "Another source has this id; choose another id, or leave it out.", "id"),
        };
    });

    /// <summary>Captures the next version. A version that equals the newest one in everything changes nothing.</summary>
    public static Decision Decide(Source state, CaptureVersion command, Circumstances c) =>
        state.Apply(command, c with { CitedPublication = null }, stamp =>
        {
            var newest = state.Versions.IsEmpty ? null : (VersionCaptured)state.Versions.Values.Last().Event;
            var captured = (VersionCaptured)stamp(new VersionCaptured
            {
                Version = (newest?.Version ?? 0) + 1,
                Edition = command.Edition,
                Seen = command.Seen,
                Sha256 = command.Text is { } text ? TextParts.Sha256(text) : command.Sha256?.ToLowerInvariant(),
                LengthCodePoints = command.Text is null ? null : CodePoints.Count(command.Text),
                Paragraphs = command.Text is null ? [] : TextParts.Paragraphs(command.Text),
                Text = command.KeepText ? command.Text : null,
                Url = command.Url,
                BasedOn = command.BasedOn,
                Note = command.Note,
                Evidence = command.Text is null ? [] : EvidenceSearch.Search(command.Text, c.PinnedEvidence, state.Captured),
            });
            return newest is not null && Same.Json(newest with { Version = captured.Version, Evidence = [] }, captured with { Evidence = [] })
                ? Decision.Nothing
                : Decision.Accept(captured);
        });

    /// <summary>Decides a link from the source, or a restriction of it.</summary>
    /// <exception cref="System.Diagnostics.UnreachableException">The command is neither of the two.</exception>
    public static Decision Decide(Source state, Command command, Circumstances c) => state.Apply(command, c, stamp => command switch
    {
        AddLink link => AddLink.Decide(Ids.SourceStream(state.Id), state.Entries, link, c, stamp),
        RestrictAccess restriction => RestrictAccess.Decide(state.Entries, state.Registered?.Publisher, restriction, c, stamp),
        _ => throw new System.Diagnostics.UnreachableException($"{command.GetType().Name} is not a command on a source."),
    });

    /// <summary>Decides the withdrawal of an event of this source.</summary>
    public static Decision Decide(Source state, WithdrawEvent withdrawal, Guid id, Circumstances c) =>
        state.Apply(withdrawal, c, stamp => WithdrawEvent.Decide(state.Entries, withdrawal, id, c, stamp));

    /// <summary>The state after one more event.</summary>
    public static Source Evolve(Source state, Recorded e)
    {
        var next = state with { Id = state.Id.Length > 0 ? state.Id : Ids.OfStream(e.Stream).Id, Version = e.Version, Position = e.Position, RecordedAt = state.RecordedAt ?? e.RecordedAt, ChangedAt = e.RecordedAt };
        return e.Event switch
        {
            SourceRegistered registered => next with { Registered = registered },
            VersionCaptured captured => next with { Versions = Number(state.Versions, captured, e) },
            Linked or AccessRestricted => next with { Entries = state.Entries.Add(e) },
            Withdrawn withdrawn => next with { Entries = state.Entries.Withdraw(withdrawn.Event, e) },
            _ => next,
        };
    }

    /// <summary>Adds a version under its number. A version whose number was erased gets the number after the one before it.</summary>
    private static ImmutableSortedDictionary<int, Recorded> Number(ImmutableSortedDictionary<int, Recorded> versions, VersionCaptured captured, Recorded e)
    {
        var number = captured.Version > 0 ? captured.Version : versions.Keys.LastOrDefault() + 1;
        return versions.SetItem(number, e with { Event = captured with { Version = number } });
    }

    private Decision Apply(Command command, Circumstances c, Func<Func<LedgerEvent, LedgerEvent>, Decision> decide) =>
        Rules.Apply(command, c with { Zone = Zone }, null, stamp => Registered is null
            ? Decision.Refuse(RefusalCode.NotFound, "No source has this id; register it with POST /v1/sources.")
            : decide(stamp));
}
