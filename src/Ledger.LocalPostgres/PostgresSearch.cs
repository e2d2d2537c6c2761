using System.Globalization;

namespace Ledger.LocalPostgres;

/// <summary>Searches for PostgreSQL: first the explicit setting, then the environment variables, then the usual directories.</summary>
internal sealed record PostgresSearch
{
    /// <summary>The environment variable with the directory to use. The word <c>embedded</c> ignores the system's PostgreSQL and uses npm's.</summary>
    public const string BinVariable = "LEDGER_POSTGRES_BIN";

    private const string Embedded = "embedded";

    public string? BinDirectory { get; init; }
    public string? Bin { get; init; } = Environment.GetEnvironmentVariable(BinVariable);
    public string? SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH");
    public IReadOnlyList<string> UsualDirectories { get; init; } = [.. Usual()];
    public EmbeddedPostgres Installer { get; init; } = new();

    /// <summary>
    /// Finds binaries of the wanted major version (that of existing data), or of any supported one. A directory that was named
    /// explicitly must be usable; other unusable directories are skipped.
    /// </summary>
    /// <exception cref="LocalPostgresException">No usable PostgreSQL is found, and none can be installed.</exception>
    public async Task<PostgresBinaries> FindAsync(int? wantedMajor, ServerAccount account, Action<string> say, CancellationToken ct)
    {
        var named = BinDirectory ?? (string.IsNullOrWhiteSpace(Bin) || IsEmbedded ? null : Bin);
        if (named is not null)
        {
            var (found, fault) = await InspectAsync(named, wantedMajor, account, ct);
            return found ?? throw new LocalPostgresException(
                $"{named} was named as PostgreSQL's directory, but {fault}: name another by {BinVariable}, or none to have one found.");
        }

        var passedOver = new List<string>();
        foreach (var directory in IsEmbedded ? [] : Candidates())
        {
            var (found, fault) = await InspectAsync(directory, wantedMajor, account, ct);
            if (found is not null)
                return found;
            passedOver.Add($"{directory}: {fault}");
        }

        if (wantedMajor is null or EmbeddedPostgres.Major)
            return await Installer.EnsureAsync(account, passedOver, say, ct);
        throw new LocalPostgresException(
            $"The data was made by PostgreSQL {wantedMajor}, which is not found{Remark(passedOver)}: install it, name its directory by "
            + $"{BinVariable}, or use another data directory.");
    }

    public static string Remark(IReadOnlyList<string> passedOver) =>
        passedOver.Count == 0 ? "" : $" (passed over: {string.Join("; ", passedOver)})";

    private bool IsEmbedded => BinDirectory is null && string.Equals(Bin, Embedded, StringComparison.OrdinalIgnoreCase);

    private static async Task<(PostgresBinaries? Found, string Fault)> InspectAsync(
        string directory, int? wantedMajor, ServerAccount account, CancellationToken ct)
    {
        var (found, fault) = await PostgresBinaries.InspectAsync(directory, account, ct);
        return found is not null && wantedMajor is not null && found.Major != wantedMajor
            ? (null, $"it is PostgreSQL {found.Version}, and the data was made by {wantedMajor}")
            : (found, fault);
    }

    /// <summary>The directories to inspect. Those without a <c>postgres</c> are left out, so that messages do not list them as skipped.</summary>
    private IEnumerable<string> Candidates() =>
        (SearchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Concat(UsualDirectories)
        .Where(directory => File.Exists(Path.Combine(directory, OperatingSystem.IsWindows() ? "postgres.exe" : "postgres")))
        .Distinct(StringComparer.Ordinal);

    /// <summary>
    /// The usual directories: Debian, Red Hat, Homebrew on three systems, Postgres.app, and the Windows installer. The newest version comes first.
    /// </summary>
    private static IEnumerable<string> Usual()
    {
        (string Parent, string Pattern)[] families = OperatingSystem.IsWindows()
            ? [(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*")]
            :
            [
                ("/usr/lib/postgresql", "*"),
                ("/usr", "pgsql-*"),
                ("/opt/homebrew/opt", "postgresql@*"),
                ("/usr/local/opt", "postgresql@*"),
                ("/home/linuxbrew/.linuxbrew/opt", "postgresql@*"),
                ("/Applications/Postgres.app/Contents/Versions", "*"),
            ];
        return families
            .Where(family => Directory.Exists(family.Parent))
            .SelectMany(family => Directory.EnumerateDirectories(family.Parent, family.Pattern)
                .OrderByDescending(VersionIn)
                .Select(directory => Path.Combine(directory, "bin")));
    }

    private static int VersionIn(string directory) =>
        int.TryParse(
            Path.GetFileName(directory).Split('@', '-')[^1].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : 0;
}
