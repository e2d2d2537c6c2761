using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>The Web Annotation selectors that pin evidence to a text.</summary>
public enum SelectorType
{
    /// <summary>A quote: the words, with the words before and after them.</summary>
    [JsonStringEnumMemberName("TextQuoteSelector")]
    TextQuote,

    /// <summary>A position: a start and an end, in code points.</summary>
    [JsonStringEnumMemberName("TextPositionSelector")]
    TextPosition,
}

/// <summary>A place in a text (W3C Web Annotation Data Model, 4.2.4 and 4.2.5).</summary>
/// <param name="Type">The type of selector.</param>
/// <param name="Exact">The quoted words; null for a position.</param>
/// <param name="Prefix">The words directly before the quote.</param>
/// <param name="Suffix">The words directly after the quote.</param>
/// <param name="Start">The index of the first code point, from 0; null for a quote.</param>
/// <param name="End">The index of the code point after the last; null for a quote.</param>
public sealed record Selector(
    SelectorType Type, string? Exact = null, string? Prefix = null, string? Suffix = null, int? Start = null, int? End = null)
{
    internal void Check(Checks checks, string field)
    {
        if (Type == SelectorType.TextQuote)
        {
            checks.Text(Exact, field + ".exact", Limits.StatementCodePointsMax);
            checks.OptionalText(Prefix, field + ".prefix", Limits.LineCodePointsMax);
            checks.OptionalText(Suffix, field + ".suffix", Limits.LineCodePointsMax);
            checks.That(Start is null && End is null, field, "a TextQuoteSelector has exact, prefix, suffix; start and end belong to a TextPositionSelector.");
        }
        else
        {
            checks.That(Start >= 0 && End > Start, field, "a TextPositionSelector has 0 ≤ start < end, counted in code points.");
            checks.That(Exact is null && Prefix is null && Suffix is null, field, "a TextPositionSelector has start and end alone.");
        }
    }
}

/// <summary>Evidence was attached: a place in a source version where the proposition can be seen.</summary>
public sealed record EvidenceAttached : LedgerEvent
{
    /// <summary>The version to which it is pinned.</summary>
    public SourceVersion SourceVersion { get; init; } = new(Erased.Text, 0);

    /// <summary>SHA-256 of that version's text when the evidence was attached, as lower-case hex; null where none was known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The place in its text.</summary>
    public Selector Selector { get; init; } = new(SelectorType.TextQuote, Erased.Text);
}

/// <summary>Evidence within the recording of a claim. Its version is the version of the claim.</summary>
public sealed record EvidenceInput(Selector Selector);

/// <summary>The version to which evidence is pinned. A bare number means a version of the claim's own source.</summary>
/// <param name="Id">The source; null for the claim's own source.</param>
/// <param name="Version">Its version, from 1.</param>
[JsonConverter(typeof(EvidenceVersionConverter))]
public sealed record EvidenceVersion(string? Id, int Version);

/// <summary>Reads <c>2</c> and <c>{"id": "telegraph-print", "version": 2}</c>.</summary>
public sealed class EvidenceVersionConverter : JsonConverter<EvidenceVersion>
{
    private const string Expected = "A version is a number or {id, version}.";

    /// <inheritdoc/>
    /// <exception cref="UnfitJsonException">The JSON does not have the expected form.</exception>
    public override EvidenceVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
        {
            return new(null, number);
        }

        var named = UnfitJsonException.Read<SourceVersion>(ref reader, options, Expected) ?? throw new UnfitJsonException(Expected);
        return new(named.Id, named.Version);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EvidenceVersion value, JsonSerializerOptions options)
    {
        if (value.Id is { } id)
        {
            JsonSerializer.Serialize(writer, new SourceVersion(id, value.Version), options);
        }
        else
        {
            writer.WriteNumberValue(value.Version);
        }
    }
}

/// <summary>Attaches evidence to an assertion.</summary>
public sealed record AttachEvidence : Command
{
    /// <summary>A version of the claim's own source as a number, or of another source as {id, version}.</summary>
    public required EvidenceVersion SourceVersion { get; init; }

    /// <summary>The place in its text.</summary>
    public required Selector Selector { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References =>
        SourceVersion.Id is { } id ? [Reference.Source(id, SourceVersion.Version, "sourceVersion")] : [];

    internal override void Check(Checks checks)
    {
        if (SourceVersion.Id is { } id)
        {
            checks.Id(id, "sourceVersion.id");
        }

        checks.That(SourceVersion.Version > 0, "sourceVersion.version", "is a number from 1.");
        Selector.Check(checks, "selector");
    }

    internal static Decision Decide(Assertion state, AttachEvidence command, Circumstances c) =>
        state.Apply(command, c, stamp =>
        {
            var version = new SourceVersion(command.SourceVersion.Id ?? ((ClaimRecorded)state.Claim!.Event).Source.Id, command.SourceVersion.Version);
            var evidence = new EvidenceAttached { SourceVersion = version, Selector = command.Selector, Sha256 = c.CitedSha256 };
            return state.Entries.Standing<EvidenceAttached>().Any(e => Same.Event(e.Event, evidence))
                ? Decision.Nothing
                : Decision.Accept(stamp(evidence));
        });
}
