using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>How one assertion or work stands to another.</summary>
public enum Relation
{
    /// <summary>Says the same.</summary>
    Restates,

    /// <summary>Takes it from there, perhaps changed.</summary>
    DerivedFrom,

    /// <summary>Says it of more.</summary>
    Generalises,

    /// <summary>Says it of less.</summary>
    Narrows,

    /// <summary>Cannot both hold.</summary>
    Contradicts,

    /// <summary>Is a part of it.</summary>
    PartOf,

    /// <summary>Takes its place.</summary>
    Supersedes,
}

/// <summary>Why something was superseded.</summary>
public enum SupersededBecause
{
    /// <summary>The earlier one was wrong when it was made.</summary>
    WasWrong,

    /// <summary>It held then and no longer does.</summary>
    NoLongerTrue,
}

/// <summary>Where the two differ: the field by the name that corrections use, theirs at the target, ours here; null is "not found there".</summary>
public sealed record Difference(string Field, JsonElement? Theirs = null, JsonElement? Ours = null);

/// <summary>What a link points to: an assertion, or a version of a source that may be unseen.</summary>
/// <param name="Assertion">The assertion; null where a source is meant.</param>
/// <param name="Source">The source version; null where an assertion is meant.</param>
[JsonConverter(typeof(LinkTargetConverter))]
public sealed record LinkTarget(string? Assertion, VersionReference? Source)
{
    /// <summary>The stream that the target is.</summary>
    [JsonIgnore]
    public string Stream => Assertion is { } id ? Ids.AssertionStream(id) : Ids.SourceStream(Source!.Source);
}

/// <summary>Writes an assertion as its id and a source version as <c>{"source": …, "version": …}</c>.</summary>
public sealed class LinkTargetConverter : JsonConverter<LinkTarget>
{
    /// <inheritdoc/>
    public override LinkTarget Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new(reader.GetString(), null)
            : new(null, UnfitJsonException.Read<VersionReference>(ref reader, options, "A link leads to the id of an assertion, or to {\"source\": \"…\", \"version\": 1}."));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, LinkTarget value, JsonSerializerOptions options)
    {
        if (value.Assertion is { } id)
        {
            writer.WriteStringValue(id);
        }
        else
        {
            JsonSerializer.Serialize(writer, value.Source, options);
        }
    }
}

/// <summary>Two assertions or works were joined: a judgement that is itself attributable and can be withdrawn.</summary>
public sealed record Linked : LedgerEvent
{
    /// <summary>What it points to.</summary>
    public LinkTarget To { get; init; } = new(Erased.Text, null);

    /// <summary>How the two stand to each other.</summary>
    public Relation Relation { get; init; }

    /// <summary>Whether the author states the tie or the recorder infers it.</summary>
    public Basis Basis { get; init; }

    /// <summary>Where the two differ.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>Through which version it came.</summary>
    public VersionReference? Via { get; init; }

    /// <summary>For a supersession: why.</summary>
    public SupersededBecause? Because { get; init; }

    /// <summary>Who judges: the party that the recorder acts for, else the principal.</summary>
    public string LinkedBy { get; init; } = Erased.Text;

    /// <summary>On the superseded assertion's own stream, a copy of the supersession: the assertion that takes its place.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>The id of the other copy of a supersession, which is withdrawn together with this one.</summary>
    public Guid? Counterpart { get; init; }

    /// <summary>Whether a change of what it points to reaches whoever made the link.</summary>
    internal bool Carries => SupersededBy is null && Relation is Relation.DerivedFrom or Relation.Restates;
}

/// <summary>A link as a client writes it, alone or within the recording of a claim.</summary>
public sealed record LinkInput
{
    /// <summary>What it points to.</summary>
    public required LinkTarget To { get; init; }

    /// <summary>How the two stand to each other.</summary>
    public required Relation Relation { get; init; }

    /// <summary>Stated or inferred.</summary>
    public required Basis Basis { get; init; }

    /// <summary>Where the two differ.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>Through which version it came.</summary>
    public VersionReference? Via { get; init; }

    /// <summary>For a supersession: why.</summary>
    public SupersededBecause? Because { get; init; }

    internal IEnumerable<Reference> References
    {
        get
        {
            yield return To.Assertion is { } id ? Reference.Assertion(id, "to") : Reference.Source(To.Source!.Source, To.Source.Version, "to");
            if (Via is { } via)
            {
                yield return Reference.Source(via.Source, via.Version, "via");
            }
        }
    }

    internal Linked ToEvent(string by) => new()
    {
        To = To, Relation = Relation, Basis = Basis, Differences = Differences, Via = Via, Because = Because, LinkedBy = by,
    };

    internal void Check(Checks checks, string prefix)
    {
        checks.Id(To.Assertion ?? To.Source?.Source, prefix + "to");
        foreach (var difference in checks.Items(Differences, prefix + "differences"))
        {
            checks.Text(difference.Field, prefix + "differences.field", Limits.LineCodePointsMax);
            checks.OptionalJson(difference.Theirs, prefix + "differences.theirs");
            checks.OptionalJson(difference.Ours, prefix + "differences.ours");
            checks.That(ContentFields.IsCorrectable(difference.Field), prefix + "differences.field",
                "is none of proposition, modality, part, attribution, scope.place, scope.from, scope.to, figures/{name}, figures/{name}/op, figures/{name}/unit.");
        }

        if (Via is not null)
        {
            checks.Id(Via.Source, prefix + "via.source");
        }

        checks.That(Because is null || Relation == Relation.Supersedes, prefix + "because", "belongs to the relation supersedes alone.");
        checks.That(Relation != Relation.Supersedes || To.Assertion is not null, prefix + "to", "an assertion supersedes an assertion; name its id.");
    }
}

/// <summary>Links an assertion or a source to another.</summary>
public sealed record AddLink : Command
{
    /// <summary>What it points to.</summary>
    public required LinkTarget To { get; init; }

    /// <summary>How the two stand to each other.</summary>
    public required Relation Relation { get; init; }

    /// <summary>Stated or inferred.</summary>
    public required Basis Basis { get; init; }

    /// <summary>Where the two differ.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>Through which version it came.</summary>
    public VersionReference? Via { get; init; }

    /// <summary>For a supersession: why.</summary>
    public SupersededBecause? Because { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => Link.References;

    private LinkInput Link => new() { To = To, Relation = Relation, Basis = Basis, Differences = Differences, Via = Via, Because = Because };

    internal override void Check(Checks checks) => Link.Check(checks, "");

    /// <summary>The rule for either kind of stream.</summary>
    internal static Decision Decide(string stream, Entries entries, AddLink command, Circumstances c, Func<LedgerEvent, LedgerEvent> stamp)
    {
        var link = command.Link.ToEvent(command.OnBehalfOf ?? c.Actor.Party ?? c.Actor.Principal);
        return command.To.Stream == stream
            ? Decision.Refuse(RefusalCode.Cycle, "A link leads to another assertion or source than its own.", "to")
            : entries.Standing<Linked>().Any(l => Same.Event(l.Event with { Counterpart = null, LinkedBy = link.LinkedBy }, link))
                ? Decision.Nothing
                : Decision.Accept(stamp(link));
    }
}
