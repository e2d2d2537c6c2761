namespace Ledger.Domain;

/// <summary>A version of a source that a certificate rests on.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Edition">Which edition.</param>
/// <param name="PublishedAt">When it was published, as stated.</param>
/// <param name="Url">Where it stands.</param>
/// <param name="Sha256">The hash of its text.</param>
public sealed record CertifiedVersion(int Version, string? Edition, StatedTime? PublishedAt, string? Url, string? Sha256);

/// <summary>A source that a certificate rests on, from its own events alone.</summary>
/// <param name="Source">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Publisher">Whose it is.</param>
/// <param name="Url">Where it stands.</param>
/// <param name="Versions">The versions that count here.</param>
public sealed record CertifiedSource(string Source, string Title, string Publisher, string? Url, IReadOnlyList<CertifiedVersion> Versions)
{
    /// <summary>Null where the source is not among the events.</summary>
    /// <param name="id">The source.</param>
    /// <param name="events">Its registration and the captures of the versions that count, in order.</param>
    public static CertifiedSource? Of(string id, IReadOnlyList<Recorded> events) =>
        events.Aggregate(Domain.Source.None, Domain.Source.Evolve) is { Registered: { } registered } state
            ? new(id, registered.Title, registered.Publisher, registered.Url,
                [.. from version in state.Versions let captured = (VersionCaptured)version.Value.Event
                    select new CertifiedVersion(version.Key, captured.Edition, captured.PublishedAt, captured.Url, captured.Sha256)])
            : null;
}
