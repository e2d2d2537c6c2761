using System.Globalization;
using System.Text.RegularExpressions;

namespace Ledger.LocalPostgres;

/// <summary>PostgreSQL's programs in one directory. It was checked that they start as the account that is to run them.</summary>
internal sealed partial record PostgresBinaries(string Directory, string Version)
{
    /// <summary>The oldest PostgreSQL that the ledger supports.</summary>
    public const int OldestMajor = 15;

    private static readonly string[] Needed = ["initdb", "postgres", "pg_ctl"];
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(20);

    public int Major => int.Parse(Version.Split('.')[0], CultureInfo.InvariantCulture);

    public string Program(string name) => ProgramIn(Directory, name);

    /// <summary>
    /// Inspects a directory. Links are followed first: a link to <c>postgres</c> alone, as in /usr/local/bin, leads to the
    /// directory with the other programs.
    /// </summary>
    /// <returns>The binaries, or what is wrong with them in a few words.</returns>
    public static async Task<(PostgresBinaries? Found, string Fault)> InspectAsync(
        string directory, ServerAccount account, CancellationToken ct)
    {
        var server = new FileInfo(ProgramIn(directory, "postgres"));
        if (server.Exists && server.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target)
            directory = Path.GetDirectoryName(target.FullName)!;
        if (Needed.FirstOrDefault(program => !File.Exists(ProgramIn(directory, program))) is { } missing)
            return (null, $"it has no {missing}");

        var run = await ChildCommand.RunAsync(account.Command(ProgramIn(directory, "postgres"), "--version"), VersionLimit, ct);
        if (!run.Succeeded || VersionPattern().Match(run.Output) is not { Success: true } version)
            return (null, $"its postgres does not start{(account.Name is null ? "" : " as user " + account.Name)}: {run.LastLine}");
        var found = new PostgresBinaries(directory, version.Groups["version"].Value);
        return found.Major < OldestMajor ? (null, $"it is PostgreSQL {found.Version}, older than {OldestMajor}") : (found, "");
    }

    /// <summary>Releases print "postgres (PostgreSQL) 15.18 (Debian …)", previews print 19beta1. The leading digits are the version.</summary>
    [GeneratedRegex(@"\(PostgreSQL\) (?<version>\d{1,4}(\.\d{1,4}){0,2})")]
    private static partial Regex VersionPattern();

    private static string ProgramIn(string directory, string name) =>
        Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name);
}
