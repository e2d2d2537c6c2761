using System.Globalization;
using System.Security.Cryptography;

namespace Ledger.LocalPostgres;

/// <summary>Makes the cluster where there is none yet.</summary>
internal static class ClusterCreation
{
    public const string Superuser = "postgres";

    private const int PasswordBytes = 32;
    private static readonly TimeSpan InitdbLimit = TimeSpan.FromMinutes(5);

    /// <summary>The major version that made the data; null where there is no data yet.</summary>
    /// <exception cref="LocalPostgresException">The data directory holds something that is not a cluster.</exception>
    public static int? MajorOf(ClusterPlace place)
    {
        if (File.Exists(place.VersionFile))
            return int.Parse(File.ReadAllText(place.VersionFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
        return Path.Exists(place.Data)
            ? throw new LocalPostgresException(
                $"{place.Data} is there but is no PostgreSQL cluster: move it away, or use another data directory.")
            : null;
    }

    /// <summary>
    /// Makes the cluster with initdb. It uses checksums, because a ledger that proves its rows must not hide a bad disk. It uses UTF-8 and locale C, so
    /// that every server orders text in the same way, and SCRAM for every connection.
    /// </summary>
    /// <exception cref="LocalPostgresException">initdb failed; the message ends with its last line.</exception>
    public static async Task CreateAsync(
        ClusterPlace place, PostgresBinaries binaries, ServerAccount account, bool durable, CancellationToken ct)
    {
        if (Directory.Exists(place.UnfinishedData))
            Directory.Delete(place.UnfinishedData, recursive: true);
        Directory.CreateDirectory(place.UnfinishedData);
        await account.GiveAsync(place.UnfinishedData, ct);
        await WritePasswordAsync(place, account, ct);

        string[] initdb =
        [
            binaries.Program("initdb"), "-D", place.UnfinishedData, "-k", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256",
            "--username=" + Superuser, "--pwfile=" + place.Password, "--no-instructions", .. durable ? (string[])[] : ["--no-sync"],
        ];
        var made = await ChildCommand.RunAsync(account.Command(initdb), InitdbLimit, ct);
        if (!made.Succeeded)
            throw new LocalPostgresException($"initdb of {binaries.Directory} could not make a cluster in {place.Root}: {made.LastLine}");

        // The path is relative to the including file, so the cluster may be moved.
        await File.AppendAllTextAsync(
            Path.Combine(place.UnfinishedData, "postgresql.conf"), $"\ninclude = '../{Path.GetFileName(place.Settings)}'\n", ct);
        Directory.Move(place.UnfinishedData, place.Data);
    }

    /// <summary>Writes the password to a file of mode 0600 that belongs to the server's account, because initdb runs as that account.</summary>
    private static async Task WritePasswordAsync(ClusterPlace place, ServerAccount account, CancellationToken ct)
    {
        File.Delete(place.Password);
        var only = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            only.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new StreamWriter(place.Password, only))
            await file.WriteAsync(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes)));
        await account.GiveAsync(place.Password, ct);
    }
}
