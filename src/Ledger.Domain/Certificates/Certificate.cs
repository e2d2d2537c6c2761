namespace Ledger.Domain;

/// <summary>
/// The answer to "what did you say on that day". It holds the wording and the standing at that time, as publicly known and as recorded. It also
/// holds what came later, and a receipt for each event from which it is computed. The log's key signs its canonical JSON.
/// </summary>
public sealed record Certificate
{
    /// <summary>The name and version of this format. It is also the first line of the signed text.</summary>
    public const string FormatName = "claims-ledger/certificate/v1";

    /// <summary>Always <see cref="FormatName"/>.</summary>
    public string Format { get; init; } = FormatName;

    /// <summary>The origin: the name of the log.</summary>
    public required string Origin { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The assertion that was asked for; null where a URL was asked for.</summary>
    public string? Assertion { get; init; }

    /// <summary>The URL of the document that was asked for; null where an assertion was asked for.</summary>
    public string? Url { get; init; }

    /// <summary>The moment in the words of the question; null where the present was asked for.</summary>
    public string? At { get; init; }

    /// <summary>The interval that these words name. Its end is what counts.</summary>
    public required Interval Moment { get; init; }

    /// <summary>The position of the log up to which <c>since</c> is complete.</summary>
    public required long Position { get; init; }

    /// <summary>The sources of the assertions.</summary>
    public required IReadOnlyList<CertifiedSource> Sources { get; init; }

    /// <summary>The assertions.</summary>
    public required IReadOnlyList<CertifiedAssertion> Assertions { get; init; }

    /// <summary>The receipts (C2SP tlog-proof), one for each event from which the certificate is computed.</summary>
    public required IReadOnlyList<string> Receipts { get; init; }

    /// <summary>The checkpoint (C2SP tlog-checkpoint) to which the receipts lead.</summary>
    public required string Checkpoint { get; init; }
}
