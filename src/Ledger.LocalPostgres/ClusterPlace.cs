namespace Ledger.LocalPostgres;

/// <summary>
/// The paths of one cluster. <paramref name="Home"/> is <c>postgres</c> in the data directory and holds the lock;
/// <paramref name="Root"/> holds the data, the password and the log. It is the same directory, unless the server's account
/// could not reach that. Then the file <c>location</c> in the home holds the path of the root.
/// </summary>
internal sealed record ClusterPlace(string Home, string Root)
{
    public string Lock => Path.Combine(Home, "lock");
    public string Holder => Path.Combine(Home, "holder");
    public string Identity => Path.Combine(Home, "identity");
    public string Location => Path.Combine(Home, "location");

    public string Data => Path.Combine(Root, "data");

    /// <summary>The directory that initdb fills. It is renamed to <see cref="Data"/> at the end, so that an incomplete cluster never has that name.</summary>
    public string UnfinishedData => Path.Combine(Root, "data.unfinished");

    public string Password => Path.Combine(Root, "password");
    public string Settings => Path.Combine(Root, "ledger.conf");
    public string LogDirectory => Path.Combine(Root, "log");
    public string Log => Path.Combine(LogDirectory, "postgres.log");

    public string VersionFile => Path.Combine(Data, "PG_VERSION");
    public string PostmasterFile => Path.Combine(Data, "postmaster.pid");
    public string PostmasterOptions => Path.Combine(Data, "postmaster.opts");

    /// <summary>The recorded place of the data directory's cluster; its own home where nothing is recorded.</summary>
    public static ClusterPlace Of(string dataDirectory)
    {
        var home = Path.Combine(Path.GetFullPath(dataDirectory), "postgres");
        var place = new ClusterPlace(home, home);
        return File.Exists(place.Location) ? place with { Root = File.ReadAllText(place.Location).Trim() } : place;
    }
}
