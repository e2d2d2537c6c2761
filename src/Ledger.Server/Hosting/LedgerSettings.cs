namespace Ledger.Server;

/// <summary>What an operator may set, by appsettings, environment (<c>Ledger__AdminKey</c>) or command line.</summary>
internal sealed record LedgerSettings
{
    /// <summary>The service's database; if null, the server runs a private PostgreSQL of its own.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The owner's login for migrations and erasure; if not set, the service's own.</summary>
    public string? OwnerConnectionString { get; init; }

    /// <summary>Where a private PostgreSQL and the generated key live.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The key that may do everything.</summary>
    public string? AdminKey { get; init; }

    /// <summary>
    /// Whether anybody may read without a key. If not set, whoever is on the same machine may read a private database, and nobody may read a given
    /// one.
    /// </summary>
    public bool? PublicReads { get; init; }

    /// <summary>The identity provider whose tokens are accepted beside keys; null for none.</summary>
    public JwtSettings? Jwt { get; init; }

    /// <summary>
    /// The sustained number of requests per second of one key, or of one address without a key; 0 for no limit. The admin key has no limit.
    /// </summary>
    public int RequestsPerSecond { get; init; } = 5_000;

    /// <summary>How many requests it may send at once after a pause.</summary>
    public int RequestBurst { get; init; } = 20_000;

    /// <summary>The URI that names this ledger in its events; if not set, it is made once and kept in the database.</summary>
    public string? Uri { get; init; }

    /// <summary>
    /// The log's signing key, <c>PRIVATE+KEY+name+id+base64</c>, the same on all nodes; if not set, it is made and kept in the data directory.
    /// </summary>
    public string? SigningKey { get; init; }

    /// <summary>
    /// The name of the log in its checkpoints; if not set, it is taken from the URI. A new origin begins a new tree over the same events.
    /// </summary>
    public string? Origin { get; init; }

    /// <summary>The pause between two tiles of 256 events while the log is compared with its tree in the background, in milliseconds.</summary>
    public int ScanPauseMs { get; init; } = 1_000;

    /// <summary>How often the counts of refused requests are recorded, in seconds; 0 for never.</summary>
    public int RefusalsIntervalS { get; init; } = 900;

    /// <summary>The origins of other sites, such as <c>https://reader.example</c>, whose pages may read in a browser; none unless set.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>How far a projection may lag behind the log, in events, before the server calls itself not ready.</summary>
    public long ProjectionLagMax { get; init; } = 10_000;

    /// <summary>How long a read waits for a projection, in milliseconds.</summary>
    public int ProjectionWaitMs { get; init; } = 5_000;

    /// <summary>Whether the server runs a PostgreSQL of its own.</summary>
    public bool IsLocal => ConnectionString is null;

    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    internal static LedgerSettings From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Ledger");
        var connection = configuration.GetConnectionString("Ledger");
        return new()
        {
            ConnectionString = string.IsNullOrWhiteSpace(connection) ? null : connection,
            OwnerConnectionString = configuration.GetConnectionString("LedgerOwner"),
            DataDirectory = Path.GetFullPath(section["DataDirectory"] ?? ".ledger"),
            AdminKey = section["AdminKey"],
            PublicReads = section.GetValue<bool?>("PublicReads"),
            Jwt = JwtSettings.From(section.GetSection("Jwt")),
            RequestsPerSecond = section.GetValue("RateLimit:RequestsPerSecond", 5_000),
            RequestBurst = section.GetValue("RateLimit:Burst", 20_000),
            Uri = section["Uri"],
            SigningKey = section["SigningKey"],
            Origin = section["Origin"],
            CorsOrigins = section.GetSection("Cors:Origins").Get<string[]>() ?? [.. (section["Cors:Origins"] ?? "").Split(',', Trimmed)],
            ScanPauseMs = section.GetValue("ScanPauseMs", 1_000),
            RefusalsIntervalS = section.GetValue("RefusalsIntervalS", 900),
            ProjectionLagMax = section.GetValue("ProjectionLagMax", 10_000L),
            ProjectionWaitMs = section.GetValue("ProjectionWaitMs", 5_000),
        };
    }
}
