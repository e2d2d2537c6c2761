using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>The stage in the life of the recorded proposition.</summary>
public enum Lifecycle
{
    /// <summary>It is as first recorded.</summary>
    Recorded,

    /// <summary>It was corrected, clarified or updated.</summary>
    Corrected,

    /// <summary>Another assertion took its place.</summary>
    Superseded,

    /// <summary>It was retracted as a whole.</summary>
    Retracted,
}

/// <summary>One party's position towards the proposition, with its time and its ground.</summary>
public sealed record StandingPosition
{
    /// <summary>The party; null for an originator known by description alone.</summary>
    public string? Party { get; init; }

    /// <summary>The description of the originator; null where the party is known.</summary>
    public string? Description { get; init; }

    /// <summary>One of asserts, relays, denies, corroborates, disputes, concedes, rules, noComment, noReply, concern.</summary>
    public required string Stance { get; init; }

    /// <summary>Either open or withdrawn.</summary>
    public required string State { get; init; }

    /// <summary>The words of the party.</summary>
    public string? Statement { get; init; }

    /// <summary>What a denial contests.</summary>
    public Contests? Contests { get; init; }

    /// <summary>What the party grants nonetheless.</summary>
    public string? Concedes { get; init; }

    /// <summary>The ground for the position.</summary>
    public string? Ground { get; init; }

    /// <summary>The condition of a denial.</summary>
    public string? Condition { get; init; }

    /// <summary>The rating of a published review, in its own words.</summary>
    public string? Rating { get; init; }

    /// <summary>For a corroboration: whether its origin is independent.</summary>
    public Independence? Independence { get; init; }

    /// <summary>The time of publication as stated; where none was stated, the time of recording.</summary>
    public required string Since { get; init; }

    /// <summary>The captured version that reports it.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>The citation, where no version is captured.</summary>
    public string? Citation { get; init; }

    /// <summary>An assertion that states it.</summary>
    public string? StatedIn { get; init; }

    /// <summary>The id of the event.</summary>
    public Guid Event { get; init; }

    /// <summary>The position of the event in the log.</summary>
    public long Position { get; init; }

    /// <summary>The restated assertion on which the position was taken; null where it was taken on this one.</summary>
    public string? Via { get; init; }
}

/// <summary>Something that a reader should see beside the label.</summary>
/// <param name="Name">One of <see cref="StandingFlags.All"/>, such as contested.</param>
/// <param name="Since">The time of publication as stated; where none was stated, the time of recording.</param>
/// <param name="Detail">An explanation in neutral words.</param>
public sealed record Flag([property: JsonPropertyName("flag")] string Name, string Since, string Detail);

/// <summary>What became of an assertion: several facts side by side, not one verdict.</summary>
public sealed record Standing
{
    /// <summary>The word for a badge. It is never shown without the summary.</summary>
    public required string Label { get; init; }

    /// <summary>The label with counts and parties.</summary>
    public required string Summary { get; init; }

    /// <summary>The stage of its life.</summary>
    public required Lifecycle Lifecycle { get; init; }

    /// <summary>The number of corrections, clarifications and updates.</summary>
    public required int Corrections { get; init; }

    /// <summary>The positions, one for each party and stance.</summary>
    public required IReadOnlyList<StandingPosition> Positions { get; init; }

    /// <summary>What else a reader should see beside the label.</summary>
    public required IReadOnlyList<Flag> Flags { get; init; }

    /// <summary>The standing as far as the assertion's own stream tells it.</summary>
    public static Standing Of(Assertion state)
    {
        var (label, summary) = StandingLabel.Of(state);
        return new()
        {
            Label = label,
            Summary = summary,
            Lifecycle = StandingLabel.LifecycleOf(state),
            Corrections = state.Corrections.Count,
            Positions = StandingPositions.Of(state),
            Flags = StandingFlags.Of(state),
        };
    }
}
