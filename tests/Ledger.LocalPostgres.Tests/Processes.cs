using System.Diagnostics;
using System.Globalization;

namespace Ledger.LocalPostgres.Tests;

/// <summary>Inspects processes and kills them with SIGKILL.</summary>
internal static class Processes
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    public static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
    }

    /// <summary>SIGSTOP, which .NET cannot send.</summary>
    public static void Freeze(int processId)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -STOP {processId}"]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }

    public static bool IsAlive(int processId) => CommandOf(processId).Length > 0;

    /// <summary>The processes whose command line has all the words.</summary>
    public static List<int> With(params string[] words) =>
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(Path.GetFileName)
                .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && id != Environment.ProcessId)
                .Where(id => CommandOf(id) is var command && words.All(word => command.Contains(word, StringComparison.Ordinal))),
        ];

    /// <summary>The fifth field of /proc/…/stat; the second, the name, ends with the last parenthesis.</summary>
    public static int GroupOf(int processId) => int.Parse(
        File.ReadAllText($"/proc/{processId}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2],
        CultureInfo.InvariantCulture);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(WaitLimit, what);
            await Task.Delay(50);
        }
    }

    public static Task UntilGoneAsync(int processId) =>
        UntilAsync(() => Task.FromResult(!IsAlive(processId)), $"process {processId} still runs");

    private static string CommandOf(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
