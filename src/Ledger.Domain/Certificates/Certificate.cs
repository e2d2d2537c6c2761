namespace Ledger.Domain;

/// <summary>
/// The answer to "what did you say on that day": wording and standing then, known against recorded, what came since, and the receipts that
/// prove each event it is computed from. The log's key signs its canonical JSON.
/// </summary>
public sealed record Certificate
{
    /// <summary>The version of this form, and the first line of what is signed.</summary>
    public const string FormatName = "claims-ledger/certificate/v1";

    /// <summary><see cref="FormatName"/>.</summary>
    public string Format { get; init; } = FormatName;

    /// <summary>The log.</summary>
    public required string Origin { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The assertion that was asked for.</summary>
    public string? Assertion { get; init; }

    /// <summary>The document's address that was asked for.</summary>
    public string? Url { get; init; }

    /// <summary>The moment in the words of the question; null where the present was asked for.</summary>
    public string? At { get; init; }

    /// <summary>The stretch of time that these words name: what counts is its end.</summary>
    public required Interval Moment { get; init; }

    /// <summary>Up to which position of the log <c>since</c> is complete.</summary>
    public required long Position { get; init; }

    /// <summary>The sources of the assertions.</summary>
    public required IReadOnlyList<CertifiedSource> Sources { get; init; }

    /// <summary>The assertions.</summary>
    public required IReadOnlyList<CertifiedAssertion> Assertions { get; init; }

    /// <summary>A receipt (C2SP tlog-proof) of every event that the above is computed from.</summary>
    public required IReadOnlyList<string> Receipts { get; init; }

    /// <summary>The signed head (C2SP tlog-checkpoint) that the receipts lead to.</summary>
    public required string Checkpoint { get; init; }
}
