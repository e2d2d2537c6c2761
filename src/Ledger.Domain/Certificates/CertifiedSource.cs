namespace Ledger.Domain;

/// <summary>A version of a source on which a certificate rests.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Edition">The edition, such as print or online.</param>
/// <param name="PublishedAt">The time of publication as stated; null where it is unknown.</param>
/// <param name="Url">The URL; null where it has none.</param>
/// <param name="Sha256">SHA-256 of its text in UTF-8, as lower-case hex; null where no text was given.</param>
public sealed record CertifiedVersion(int Version, string? Edition, StatedTime? PublishedAt, string? Url, string? Sha256);

/// <summary>A source on which a certificate rests, computed from the source's own events alone.</summary>
/// <param name="Source">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Publisher">The party that publishes it.</param>
/// <param name="Url">The URL; null where it has none.</param>
/// <param name="Versions">The versions on which the certificate rests.</param>
public sealed record CertifiedSource(string Source, string Title, string Publisher, string? Url, IReadOnlyList<CertifiedVersion> Versions)
{
    /// <summary>Computes the certified source; null where the registration of the source is not among the events.</summary>
    /// <param name="id">The source.</param>
    /// <param name="events">The registration of the source and the captures of the versions that count, in order.</param>
    public static CertifiedSource? Of(string id, IReadOnlyList<Recorded> events) =>
        events.Aggregate(Domain.Source.None, Domain.Source.Evolve) is { Registered: { } registered } state
            ? new(id, registered.Title, registered.Publisher, registered.Url,
                [.. from version in state.Versions let captured = (VersionCaptured)version.Value.Event
                    select new CertifiedVersion(version.Key, captured.Edition, captured.PublishedAt, captured.Url, captured.Sha256)])
            : null;
}
