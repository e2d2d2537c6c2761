namespace Ledger.LocalPostgres;

/// <summary>Where a private cluster is, and how it is run.</summary>
public sealed record LocalPostgresOptions
{
    /// <summary>The product's data directory; the cluster's home is the folder <c>postgres</c> in it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// The only directory with <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c> to use; null searches for one.
    /// It takes precedence over the variable <c>LEDGER_POSTGRES_BIN</c>.
    /// </summary>
    public string? BinDirectory { get; init; }

    /// <summary>
    /// Settings for <c>postgresql.conf</c> that override the cluster's own. The cluster itself sets the address, the port and
    /// the socket directory; such settings are refused with an <see cref="ArgumentException"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Receives one line for each notable step: installing, moving, creating, starting, stopping, restarting.</summary>
    public Action<string>? Say { get; init; }
}
