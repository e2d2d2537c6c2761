using System.Diagnostics;
using System.Globalization;

namespace Ledger.LocalPostgres;

/// <summary>
/// The content of <c>postmaster.pid</c>: line 1 is the process id, 2 the data directory, 4 the port, 8 the state. PostgreSQL defines
/// the file (src/include/utils/pidfile.h), and pg_ctl relies on the same lines.
/// </summary>
internal sealed record Postmaster(int ProcessId, string Data, int? Port, bool IsReady)
{
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(10);

    /// <summary>Reads the file; null where there is none, or where it is still being written.</summary>
    public static Postmaster? Read(ClusterPlace place)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(place.PostmasterFile);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (lines is not [var process, var data, ..] || !TryNumber(process, out var processId))
            return null;
        int? port = lines.Length > 3 && TryNumber(lines[3], out var number) ? number : null;
        return new Postmaster(processId, data, port, port is not null && lines.Length > 7 && lines[7].Trim() is "ready");
    }

    /// <summary>
    /// Whether that process is this cluster's server. After an unclean stop, the process id may belong to any other process. This is likely
    /// in a container, where small process ids are used again at every start.
    /// </summary>
    public async Task<bool> IsAliveAsync(ClusterPlace place, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            return NameOf(ProcessId) is "postgres";
        var command = OperatingSystem.IsLinux()
            ? LinuxCommand(ProcessId)
            : (await ChildCommand.RunAsync(
                ChildCommand.Prepare(["ps", "-o", "args=", "-p", ProcessId.ToString(CultureInfo.InvariantCulture)]), ListLimit, ct)).Output;
        return command.Contains("postgres", StringComparison.Ordinal)
            && (command.Contains(Data, StringComparison.Ordinal) || command.Contains(place.Data, StringComparison.Ordinal));
    }

    /// <summary>Reads the command line from /proc, because minimal systems have no ps. That of a zombie is empty, which counts as not alive.</summary>
    private static string LinuxCommand(int processId)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            // The process is gone, or ended during the read.
            return "";
        }
    }

    private static string? NameOf(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
