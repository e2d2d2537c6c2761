using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>Where the recorded proposition is in its own life.</summary>
public enum Lifecycle
{
    /// <summary>As first recorded.</summary>
    Recorded,

    /// <summary>Corrected, clarified or updated since.</summary>
    Corrected,

    /// <summary>Another assertion took its place.</summary>
    Superseded,

    /// <summary>Taken back as a whole.</summary>
    Retracted,
}

/// <summary>Who stands how towards the proposition, since when, on which ground.</summary>
public sealed record StandingPosition
{
    /// <summary>The party; null for an originator known by description alone.</summary>
    public string? Party { get; init; }

    /// <summary>The description where no party is known.</summary>
    public string? Description { get; init; }

    /// <summary>asserts, relays, denies, corroborates, disputes, concedes, rules, noComment, noReply, concern.</summary>
    public required string Stance { get; init; }

    /// <summary>open or withdrawn.</summary>
    public required string State { get; init; }

    /// <summary>Its words.</summary>
    public string? Statement { get; init; }

    /// <summary>What a denial contests.</summary>
    public Contests? Contests { get; init; }

    /// <summary>What it grants nonetheless.</summary>
    public string? Concedes { get; init; }

    /// <summary>Its ground.</summary>
    public string? Ground { get; init; }

    /// <summary>The condition of a denial.</summary>
    public string? Condition { get; init; }

    /// <summary>The rating of a published review, in its own words.</summary>
    public string? Rating { get; init; }

    /// <summary>Of which origin a corroboration is.</summary>
    public Independence? Independence { get; init; }

    /// <summary>Its publication as stated, else when it was recorded.</summary>
    public required string Since { get; init; }

    /// <summary>The captured version that reports it.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>The citation where none is captured.</summary>
    public string? Citation { get; init; }

    /// <summary>An assertion that states it.</summary>
    public string? StatedIn { get; init; }

    /// <summary>The event.</summary>
    public Guid Event { get; init; }

    /// <summary>The position of the event in the log.</summary>
    public long Position { get; init; }

    /// <summary>The restated assertion on which it was taken, where it is not this one.</summary>
    public string? Via { get; init; }
}

/// <summary>Something that a reader should see beside the label.</summary>
/// <param name="Name">contested, unattributed, singleOrigin, awaitingAnswer, upstreamChanged, possiblyAffected, deniedElsewhere, restricted…</param>
/// <param name="Since">Since when.</param>
/// <param name="Detail">In neutral words.</param>
public sealed record Flag([property: JsonPropertyName("flag")] string Name, string Since, string Detail);

/// <summary>What became of an assertion: a vector, not a verdict.</summary>
public sealed record Standing
{
    /// <summary>For a badge; never shown without the summary.</summary>
    public required string Label { get; init; }

    /// <summary>The label with counts and parties.</summary>
    public required string Summary { get; init; }

    /// <summary>Its life.</summary>
    public required Lifecycle Lifecycle { get; init; }

    /// <summary>How many corrections, clarifications and updates.</summary>
    public required int Corrections { get; init; }

    /// <summary>One a party and stance.</summary>
    public required IReadOnlyList<StandingPosition> Positions { get; init; }

    /// <summary>What else a reader should see.</summary>
    public required IReadOnlyList<Flag> Flags { get; init; }

    /// <summary>The standing that the assertion's own stream tells.</summary>
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
