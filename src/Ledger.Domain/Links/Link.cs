using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>How one assertion or work relates to another.</summary>
public enum Relation
{
    /// <summary>It says the same as the target.</summary>
    Restates,

    /// <summary>It takes something from the target, perhaps changed.</summary>
    DerivedFrom,

    /// <summary>It says the same as the target about something larger.</summary>
    Generalises,

    /// <summary>It says the same as the target about something smaller.</summary>
    Narrows,

    /// <summary>It contradicts the target: both cannot be true.</summary>
    Contradicts,

    /// <summary>It is a part of the target.</summary>
    PartOf,

    /// <summary>It takes the place of the target.</summary>
    Supersedes,
}

/// <summary>Why something was superseded.</summary>
public enum SupersededBecause
{
    /// <summary>The earlier one was wrong when it was made.</summary>
    WasWrong,

    /// <summary>The earlier one was true then and no longer is.</summary>
    NoLongerTrue,
}

/// <summary>A field in which two linked assertions differ. Null means that the field is absent on that side.</summary>
/// <param name="Field">The field, by the name that corrections use.</param>
/// <param name="Theirs">The value at the target of the link.</param>
/// <param name="Ours">The value at the origin of the link.</param>
public sealed record Difference(string Field, JsonElement? Theirs = null, JsonElement? Ours = null);

/// <summary>The target of a link: an assertion, or a version of a source, which may be unseen.</summary>
/// <param name="Assertion">The assertion; null where a source is meant.</param>
/// <param name="Source">The source version; null where an assertion is meant.</param>
[JsonConverter(typeof(LinkTargetConverter))]
public sealed record LinkTarget(string? Assertion, VersionReference? Source)
{
    /// <summary>The stream of the target.</summary>
    [JsonIgnore]
    public string Stream => Assertion is { } id ? Ids.AssertionStream(id) : Ids.SourceStream(Source!.Source);
}

/// <summary>Writes an assertion as its id and a source version as <c>{"source": …, "version": …}</c>.</summary>
public sealed class LinkTargetConverter : JsonConverter<LinkTarget>
{
    /// <inheritdoc/>
    /// <exception cref="UnfitJsonException">The JSON does not have the expected form.</exception>
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

/// <summary>Two assertions or works were linked. A link is a judgement: it is attributed to somebody and can be withdrawn.</summary>
public sealed record Linked : LedgerEvent
{
    /// <summary>The target of the link.</summary>
    public LinkTarget To { get; init; } = new(Erased.Text, null);

    /// <summary>The relation of the origin to the target.</summary>
    public Relation Relation { get; init; }

    /// <summary>Whether the author states the link or the recorder infers it.</summary>
    public Basis Basis { get; init; }

    /// <summary>The fields in which the two differ.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>The source version through which the content came; null where none is known.</summary>
    public VersionReference? Via { get; init; }

    /// <summary>For a supersession: the reason.</summary>
    public SupersededBecause? Because { get; init; }

    /// <summary>Who made the link: the party that the recorder acts for, otherwise the principal.</summary>
    public string LinkedBy { get; init; } = Erased.Text;

    /// <summary>The assertion that takes this one's place. It is set only on the copy of a supersession in the superseded assertion's own stream.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>For a supersession: the event id of its other copy, which is withdrawn together with this one.</summary>
    public Guid? Counterpart { get; init; }

    /// <summary>Whether a change of the target reaches the origin of the link.</summary>
    internal bool Carries => SupersededBy is null && Relation is Relation.DerivedFrom or Relation.Restates;
}

/// <summary>A link as a client writes it, alone or within the recording of a claim.</summary>
public sealed record LinkInput
{
    /// <summary>The target of the link.</summary>
    public required LinkTarget To { get; init; }

    /// <summary>The relation of the origin to the target.</summary>
    public required Relation Relation { get; init; }

    /// <summary>Whether the author states the link or the recorder infers it.</summary>
    public required Basis Basis { get; init; }

    /// <summary>The fields in which the two differ.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>The source version through which the content came; null where none is known.</summary>
    public VersionReference? Via { get; init; }

    /// <summary>For a supersession: the reason.</summary>
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
    /// <summary>The target of the link.</summary>
    public required LinkTarget To { get; init; }

    /// <summary>The relation of the origin to the target.</summary>
    public required Relation Relation { get; init; }

    /// <summary>Whether the author states the link or the recorder infers it.</summary>
    public required Basis Basis { get; init; }

    /// <summary>The fields in which the two differ.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>The source version through which the content came; null where none is known.</summary>
    public VersionReference? Via { get; init; }

    /// <summary>For a supersession: the reason.</summary>
    public SupersededBecause? Because { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => Link.References;

    private LinkInput Link => new() { To = To, Relation = Relation, Basis = Basis, Differences = Differences, Via = Via, Because = Because };

    internal override void Check(Checks checks) => Link.Check(checks, "");

    /// <summary>The rule for a stream of either kind, assertion or source.</summary>
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
