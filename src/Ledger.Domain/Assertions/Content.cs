using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>Where in the source version the proposition stands.</summary>
public enum Part
{
    /// <summary>The running text.</summary>
    Body,

    /// <summary>The headline.</summary>
    Headline,

    /// <summary>Words given as somebody's own.</summary>
    Quote,

    /// <summary>Under a picture.</summary>
    Caption,

    /// <summary>In a picture.</summary>
    Image,

    /// <summary>In moving pictures.</summary>
    Video,

    /// <summary>In a post.</summary>
    Post,
}

/// <summary>How firmly the author puts it.</summary>
public enum Modality
{
    /// <summary>As a plain statement.</summary>
    Asserted,

    /// <summary>With a hedge: suggests, reportedly, may.</summary>
    Hedged,

    /// <summary>Under a condition.</summary>
    Conditional,

    /// <summary>As the author's own conclusion.</summary>
    Inferred,
}

/// <summary>How a figure is bounded.</summary>
public enum Comparison
{
    /// <summary>Exactly.</summary>
    [JsonStringEnumMemberName("=")]
    Equal,

    /// <summary>About.</summary>
    [JsonStringEnumMemberName("≈")]
    About,

    /// <summary>At most.</summary>
    [JsonStringEnumMemberName("≤")]
    AtMost,

    /// <summary>At least.</summary>
    [JsonStringEnumMemberName("≥")]
    AtLeast,
}

/// <summary>One link of the chain from whoever first said it to the publisher.</summary>
/// <param name="Party">A recorded party; null where only a description is known.</param>
/// <param name="Description">"documents", "an unnamed official"; null where a party is named.</param>
/// <param name="Role">originator, spokesperson, relay, publisher…</param>
public sealed record Attribution(string? Party = null, string? Description = null, string? Role = null);

/// <summary>A number that the proposition states.</summary>
/// <param name="Name">What is counted; unique within the assertion.</param>
/// <param name="Value">The number.</param>
/// <param name="Op">How it is bounded.</param>
/// <param name="Unit">In what.</param>
public sealed record Figure(string Name, decimal Value, Comparison Op = Comparison.Equal, string? Unit = null);

/// <summary>Of which place and period of the world the proposition speaks.</summary>
/// <param name="Place">The place in words.</param>
/// <param name="From">Start of the period; null is open.</param>
/// <param name="To">End of the period; null is open.</param>
public sealed record Scope(string? Place = null, StatedTime? From = null, StatedTime? To = null)
{
    /// <summary>Whether the proposition speaks of any moment of the interval; one without a period speaks of none in particular.</summary>
    public bool Covers(Interval moment) =>
        (From is not null || To is not null) && (From is null || From.From < moment.To) && (To is null || moment.From < To.To);
}

/// <summary>What an assertion says, field by field: the part that corrections and amendments change.</summary>
public sealed record Content
{
    /// <summary>The proposition in the recorder's words or the source's.</summary>
    public string Proposition { get; init; } = Erased.Text;

    /// <summary>How firmly it is put.</summary>
    public Modality Modality { get; init; }

    /// <summary>Where it stands in the version.</summary>
    public Part Part { get; init; }

    /// <summary>From originator to publisher; empty is unattributed.</summary>
    public IReadOnlyList<Attribution> Attribution { get; init; } = [];

    /// <summary>The numbers it states.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>Place and period.</summary>
    public Scope? Scope { get; init; }

    /// <summary>BCP 47 tag of the proposition.</summary>
    public string? Language { get; init; }

    /// <summary>What it is about, in words of the recorder's choice.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];
}
