using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>Where in the source version the proposition stands.</summary>
public enum Part
{
    /// <summary>The running text.</summary>
    Body,

    /// <summary>The headline.</summary>
    Headline,

    /// <summary>A quotation of somebody's words.</summary>
    Quote,

    /// <summary>The caption of a picture.</summary>
    Caption,

    /// <summary>A picture.</summary>
    Image,

    /// <summary>A video.</summary>
    Video,

    /// <summary>A post on a social medium.</summary>
    Post,
}

/// <summary>How firmly the author states the proposition.</summary>
public enum Modality
{
    /// <summary>The author states it plainly.</summary>
    Asserted,

    /// <summary>The author uses a hedge, such as suggests, reportedly or may.</summary>
    Hedged,

    /// <summary>The author states it under a condition.</summary>
    Conditional,

    /// <summary>The author concludes it.</summary>
    Inferred,
}

/// <summary>How the stated value bounds the figure.</summary>
public enum Comparison
{
    /// <summary>The figure is exactly the value.</summary>
    [JsonStringEnumMemberName("=")]
    Equal,

    /// <summary>The figure is about the value.</summary>
    [JsonStringEnumMemberName("≈")]
    About,

    /// <summary>The figure is at most the value.</summary>
    [JsonStringEnumMemberName("≤")]
    AtMost,

    /// <summary>The figure is at least the value.</summary>
    [JsonStringEnumMemberName("≥")]
    AtLeast,
}

/// <summary>One link of the attribution chain, which leads from whoever first said it to the publisher.</summary>
/// <param name="Party">A recorded party; null where only a description is known.</param>
/// <param name="Description">A description such as "documents" or "an unnamed official"; null where a party is named.</param>
/// <param name="Role">The role, such as originator, spokesperson, relay or publisher.</param>
public sealed record Attribution(string? Party = null, string? Description = null, string? Role = null);

/// <summary>A number that the proposition states.</summary>
/// <param name="Name">What the figure counts or measures; unique within the assertion.</param>
/// <param name="Value">The number.</param>
/// <param name="Op">How the value bounds the figure.</param>
/// <param name="Unit">The unit of the value; null where it has none.</param>
public sealed record Figure(string Name, decimal Value, Comparison Op = Comparison.Equal, string? Unit = null);

/// <summary>The place and period of the world of which the proposition speaks.</summary>
/// <param name="Place">The place in words.</param>
/// <param name="From">Start of the period; null where it is open.</param>
/// <param name="To">End of the period; null where it is open.</param>
public sealed record Scope(string? Place = null, StatedTime? From = null, StatedTime? To = null)
{
    /// <summary>Whether the period overlaps the interval. A scope without a period covers no interval.</summary>
    public bool Covers(Interval moment) =>
        (From is not null || To is not null) && (From is null || From.From < moment.To) && (To is null || moment.From < To.To);
}

/// <summary>What an assertion says, field by field: the part that corrections and amendments change.</summary>
public sealed record Content
{
    /// <summary>The proposition, in the words of the recorder or of the source.</summary>
    public string Proposition { get; init; } = Erased.Text;

    /// <summary>How firmly the author states it.</summary>
    public Modality Modality { get; init; }

    /// <summary>The part of the version in which it stands.</summary>
    public Part Part { get; init; }

    /// <summary>The attribution chain, from originator to publisher; empty means unattributed.</summary>
    public IReadOnlyList<Attribution> Attribution { get; init; } = [];

    /// <summary>The numbers that it states.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>The place and period of which it speaks.</summary>
    public Scope? Scope { get; init; }

    /// <summary>The language of the proposition, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>The topics, in words of the recorder's choice.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];
}
