using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>A captured version of a source, on which a claim, a denial or a notice rests.</summary>
/// <param name="Id">The source.</param>
/// <param name="Version">Its version, from 1.</param>
public sealed record SourceVersion(string Id, int Version);

/// <summary>A version of a source on which something is based, or to which it links. The version may be unseen: known to exist, but never captured.</summary>
/// <param name="Source">The source.</param>
/// <param name="Version">Its version, from 1; null for an unseen one, written as <c>"unseen"</c>.</param>
public sealed record VersionReference(
    string Source,
    [property: JsonConverter(typeof(VersionNumberConverter)), JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Version);

/// <summary>Writes a version as its number, and a version that was never captured as <c>"unseen"</c>.</summary>
public sealed class VersionNumberConverter : JsonConverter<int?>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    /// <exception cref="UnfitJsonException">The JSON does not have the expected form.</exception>
    public override int? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var n) && n > 0 => n,
        JsonTokenType.String when reader.ValueTextEquals("unseen"u8) => null,
        _ => throw new UnfitJsonException("A version is its number from 1, or \"unseen\"."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int? value, JsonSerializerOptions options)
    {
        if (value is { } n)
        {
            writer.WriteNumberValue(n);
        }
        else
        {
            writer.WriteStringValue("unseen");
        }
    }
}

/// <summary>A command that rests on something public: a captured version, or a citation.</summary>
public abstract record CitingCommand : Command
{
    /// <summary>The captured version on which the command rests.</summary>
    public SourceVersion? Source { get; init; }

    /// <summary>A text or URL to cite where no version is captured.</summary>
    public string? Citation { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => Source is { } s ? [Reference.Source(s.Id, s.Version, "source")] : [];

    /// <summary>Whether the command cites something.</summary>
    internal virtual bool Cites => Source is not null || Citation is not null;

    internal override void Check(Checks checks)
    {
        checks.OptionalText(Citation, "citation", Limits.LineCodePointsMax);
        if (Source is not null)
        {
            checks.Id(Source.Id, "source.id");
            checks.That(Source.Version > 0, "source.version", "is a number from 1.");
        }
    }

    /// <summary>The refusal of a command that cites nothing.</summary>
    internal static Decision NoCitation { get; } = Decision.Refuse(RefusalCode.CitationMissing,
        "Name what this relies on: source {id, version} of a captured version, or citation with a text or URL.", "source");
}
