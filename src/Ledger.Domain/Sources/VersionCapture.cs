using System.Text.Json.Serialization;

namespace Ledger.Domain;

/// <summary>How one work is based on another.</summary>
public enum DerivationKind
{
    /// <summary>It reports what the other work says.</summary>
    Reports,

    /// <summary>It quotes the other work.</summary>
    Quotes,

    /// <summary>It publishes the same text.</summary>
    Syndicates,

    /// <summary>It is a translation of the other work.</summary>
    Translates,

    /// <summary>It is another edition of the same work.</summary>
    Edition,
}

/// <summary>What a version of a work is based on.</summary>
/// <param name="Source">The other work.</param>
/// <param name="Version">Its version, from 1; null for an unseen one.</param>
/// <param name="Kind">How the version is based on the other work.</param>
/// <param name="Basis">Whether the work states this or the recorder infers it.</param>
public sealed record Derivation(
    string Source,
    [property: JsonConverter(typeof(VersionNumberConverter)), JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Version,
    DerivationKind Kind,
    Basis Basis = Basis.Stated);

/// <summary>A version of a work was captured, or is known to exist although nobody captured it.</summary>
public sealed record VersionCaptured : LedgerEvent
{
    /// <summary>Its number in the source, from 1.</summary>
    public int Version { get; init; }

    /// <summary>The edition, such as print, online, syndicated or revision.</summary>
    public string Edition { get; init; } = Erased.Text;

    /// <summary>Whether the recorder has seen the version.</summary>
    public bool Seen { get; init; }

    /// <summary>SHA-256 of the text in UTF-8, as lower-case hex; null where neither text nor hash was given.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Length of the text in code points; null where the text was not given.</summary>
    public int? LengthCodePoints { get; init; }

    /// <summary>The paragraphs of the text, each with place and hash; empty where the text was not given.</summary>
    public IReadOnlyList<Paragraph> Paragraphs { get; init; } = [];

    /// <summary>The text itself; null unless the recorder asked to keep it.</summary>
    public string? Text { get; init; }

    /// <summary>The URL of this version; null where it has none.</summary>
    public string? Url { get; init; }

    /// <summary>The works on which this version is based.</summary>
    public IReadOnlyList<Derivation> BasedOn { get; init; } = [];

    /// <summary>A remark of the recorder.</summary>
    public string? Note { get; init; }

    /// <summary>For each piece of evidence that is pinned to an earlier version, whether it was found in this text; empty where no text was given.</summary>
    public IReadOnlyList<EvidenceOutcome> Evidence { get; init; } = [];
}

/// <summary>Captures a version of a work.</summary>
public sealed record CaptureVersion : Command
{
    /// <summary>The edition, such as print, online, syndicated or revision.</summary>
    public required string Edition { get; init; }

    /// <summary>Whether the recorder has seen the version.</summary>
    public required bool Seen { get; init; }

    /// <summary>The text. It is hashed, searched for evidence and then dropped, unless <see cref="KeepText"/> is set.</summary>
    public string? Text { get; init; }

    /// <summary>SHA-256 of the text in hex, for use where the text itself is not given.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the ledger may keep the text.</summary>
    public bool KeepText { get; init; }

    /// <summary>The URL of this version; null where it has none.</summary>
    public string? Url { get; init; }

    /// <summary>The works on which this version is based.</summary>
    public IReadOnlyList<Derivation> BasedOn { get; init; } = [];

    /// <summary>A remark of the recorder.</summary>
    public string? Note { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => BasedOn.Select(b => Reference.Source(b.Source, b.Version, "basedOn"));

    internal override void Check(Checks checks)
    {
        checks.Text(Edition, "edition", Limits.WordCodePointsMax);
        checks.That(Text is null || Text.Length > 0, "text", "is empty; leave it out where there is none.");
        checks.OptionalText(Text, "text", Limits.TextCodePointsMax);
        checks.That(Sha256 is null || (Sha256.Length == 64 && Sha256.All(char.IsAsciiHexDigit)), "sha256", "is 64 hexadecimal digits.");
        checks.That(Text is null || Sha256 is null || Sha256.Equals(TextParts.Sha256(Text), StringComparison.OrdinalIgnoreCase), "sha256",
            "is not the hash of the text that was given; leave one of the two out.");
        checks.That(!KeepText || Text is not null, "keepText", "needs a text to keep.");
        checks.That(Seen || (Text is null && Sha256 is null), "seen", "must be true where a text or a hash is given.");
        checks.OptionalUrl(Url, "url");
        checks.OptionalText(Note, "note", Limits.LineCodePointsMax);
        foreach (var derivation in checks.Items(BasedOn, "basedOn"))
        {
            checks.Id(derivation.Source, "basedOn.source");
        }
    }
}
