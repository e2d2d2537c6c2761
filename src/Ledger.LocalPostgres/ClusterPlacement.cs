using System.Runtime.Versioning;

namespace Ledger.LocalPostgres;

/// <summary>Makes the directories of a cluster so that the server's account can reach them, in another place where necessary.</summary>
internal static class ClusterPlacement
{
    /// <summary>
    /// The other place. It belongs to root, other users can pass through it, and it survives reboots (unlike /tmp and, after some time, /var/tmp).
    /// </summary>
    private const string Elsewhere = "/var/lib/claims-ledger";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TimeSpan CopyLimit = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Returns the place to use from now on. A cluster that its account can no longer reach is moved there, and <paramref name="say"/> is told so.
    /// </summary>
    /// <exception cref="LocalPostgresException">There is no directory that the server's account can reach.</exception>
    public static async Task<ClusterPlace> PrepareAsync(
        ClusterPlace recorded, ServerAccount account, Action<string> say, CancellationToken ct)
    {
        Directory.CreateDirectory(recorded.Root);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(recorded.LogDirectory);
            return recorded;
        }

        if (account.Name is null)
        {
            File.SetUnixFileMode(recorded.Root, OwnerOnly);
            Directory.CreateDirectory(recorded.LogDirectory, OwnerOnly);
            return recorded;
        }

        OpenWhatIsOurs(recorded);
        if (await CanServeFromAsync(recorded, account, ct))
            return recorded;

        var elsewhere = recorded with { Root = Path.Combine(Elsewhere, "postgres-" + await IdentityAsync(recorded, ct)) };
        if (elsewhere.Root == recorded.Root)
            throw Unreachable(recorded, account);
        Directory.CreateDirectory(Elsewhere);
        File.SetUnixFileMode(Elsewhere, Passable);
        await CopyAsync(recorded, elsewhere, ct);
        if (!await CanServeFromAsync(elsewhere, account, ct))
            throw Unreachable(elsewhere, account);
        await File.WriteAllTextAsync(elsewhere.Location, elsewhere.Root + "\n", ct);
        RemoveSource(recorded);
        say($"User {account.Name}, who runs PostgreSQL for root, cannot reach {recorded.Home}: its data lives in {elsewhere.Root}");
        return elsewhere;
    }

    /// <summary>
    /// Lets others pass through (but not list) the home and the data directory. The directories above do not belong to the product, and neither
    /// does a data directory that is a user's home or a checkout.
    /// </summary>
    [UnsupportedOSPlatform("windows")]
    private static void OpenWhatIsOurs(ClusterPlace place)
    {
        File.SetUnixFileMode(place.Home, Passable);
        File.SetUnixFileMode(place.Root, Passable);
        var dataDirectory = Path.GetDirectoryName(place.Home)!;
        var isHome = dataDirectory == Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (!isHome && !Path.Exists(Path.Combine(dataDirectory, ".git")))
            File.SetUnixFileMode(dataDirectory, File.GetUnixFileMode(dataDirectory) | UnixFileMode.OtherExecute);
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<bool> CanServeFromAsync(ClusterPlace place, ServerAccount account, CancellationToken ct)
    {
        Directory.CreateDirectory(place.LogDirectory, OwnerOnly);
        await account.GiveAsync(place.LogDirectory, ct);
        return await account.CanEnterAsync(place.LogDirectory, ct);
    }

    /// <summary>
    /// The identity that names the other place. It belongs to the home, not to its path. So a data directory that was deleted and
    /// made again starts with an empty cluster, and a renamed one finds its data.
    /// </summary>
    private static async Task<string> IdentityAsync(ClusterPlace place, CancellationToken ct)
    {
        if (!File.Exists(place.Identity))
            await File.WriteAllTextAsync(place.Identity, Guid.CreateVersion7().ToString("N"), ct);
        return (await File.ReadAllTextAsync(place.Identity, ct)).Trim();
    }

    /// <summary>
    /// Copies the cluster. The source is removed only after the location was recorded, so an interrupted copy is simply repeated. <c>cp -a</c>
    /// keeps owners and modes.
    /// </summary>
    [UnsupportedOSPlatform("windows")]
    private static async Task CopyAsync(ClusterPlace from, ClusterPlace to, CancellationToken ct)
    {
        if (File.Exists(from.VersionFile) && Directory.Exists(to.Root))
            Directory.Delete(to.Root, recursive: true);
        Directory.CreateDirectory(to.Root);
        File.SetUnixFileMode(to.Root, Passable);
        if (!File.Exists(from.VersionFile))
            return;
        var copied = await ChildCommand.RunAsync(
            ChildCommand.Prepare(["cp", "-a", from.Password, from.LogDirectory, from.Data, to.Root]), CopyLimit, ct);
        if (!copied.Succeeded)
            throw new LocalPostgresException($"The cluster in {from.Root} could not be copied to {to.Root}: {copied.LastLine}");
    }

    private static void RemoveSource(ClusterPlace from)
    {
        File.Delete(from.Password);
        foreach (var directory in new[] { from.Data, from.LogDirectory }.Where(Directory.Exists))
            Directory.Delete(directory, recursive: true);
    }

    private static LocalPostgresException Unreachable(ClusterPlace place, ServerAccount account) =>
        new($"User {account.Name}, who runs PostgreSQL for root, cannot reach {place.Root}: "
            + "make the directories above it passable (chmod o+x), or start as an ordinary user.");
}
