namespace Ledger.Domain;

/// <summary>A work that carries claims was registered. Its content comes with its versions.</summary>
public sealed record SourceRegistered : LedgerEvent
{
    /// <summary>The kind of work, such as article, report, decree, statement, dataset, broadcast or post.</summary>
    public string Kind { get; init; } = Erased.Text;

    /// <summary>Its title.</summary>
    public string Title { get; init; } = Erased.Text;

    /// <summary>The party that publishes it. Only this party corrects it.</summary>
    public string Publisher { get; init; } = Erased.Text;

    /// <summary>The URL of the work; null where it has none.</summary>
    public string? Url { get; init; }

    /// <summary>DOI, ISSN and the like, each as a URN or in its own notation.</summary>
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    /// <summary>The language, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>The IANA time zone in which its partial dates are read; null means UTC.</summary>
    public string? TimeZone { get; init; }
}

/// <summary>Registers a work.</summary>
public sealed record RegisterSource : Command
{
    /// <summary>The id that the client chose; null where the server makes one.</summary>
    public string? Id { get; init; }

    /// <summary>The kind of work, such as article or report.</summary>
    public required string Kind { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>The party that publishes it.</summary>
    public required string Publisher { get; init; }

    /// <summary>The URL of the work; null where it has none.</summary>
    public string? Url { get; init; }

    /// <summary>DOI, ISSN and the like, each as a URN or in its own notation.</summary>
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    /// <summary>The language, as a BCP 47 tag.</summary>
    public string? Language { get; init; }

    /// <summary>The IANA time zone in which its partial dates are read; null means UTC.</summary>
    public string? TimeZone { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => [Reference.Party(Publisher, "publisher")];

    internal override void Check(Checks checks)
    {
        checks.Text(Kind, "kind", Limits.WordCodePointsMax);
        checks.Text(Title, "title", Limits.LineCodePointsMax);
        checks.Id(Publisher, "publisher");
        checks.OptionalUrl(Url, "url");
        foreach (var identifier in checks.Items(Identifiers, "identifiers"))
        {
            checks.Text(identifier, "identifiers", Limits.LineCodePointsMax);
        }

        checks.OptionalText(Language, "language", Limits.WordCodePointsMax);
        checks.That(TimeZone is null || Zones.Find(TimeZone) is not null, "timeZone", "is no IANA time zone; write one such as Europe/London.");
    }
}
