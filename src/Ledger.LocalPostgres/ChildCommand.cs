using System.ComponentModel;
using System.Diagnostics;

namespace Ledger.LocalPostgres;

/// <summary>How a short-lived program ended, and what it printed on both of its streams.</summary>
internal sealed record CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The first lines are shown because npm prints the code and the cause first, and the path of its log last.</summary>
    private const int FirstLinesMax = 3;

    /// <summary>The last non-empty line, for a message of one line.</summary>
    public string LastLine => Lines.LastOrDefault("it printed nothing");

    /// <summary>The first non-empty lines, joined to one line.</summary>
    public string FirstLines => string.Join(" | ", Lines.Take(FirstLinesMax));

    private IEnumerable<string> Lines =>
        Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Runs a short-lived program to its end.</summary>
internal static class ChildCommand
{
    /// <summary>The exit code that shells use for a program that cannot be started. It is used here with the same meaning.</summary>
    private const int CannotStart = 127;

    /// <summary>
    /// The greatest length of the kept output, in characters. No program prints as much in a successful run; of a long error, only the end is useful.
    /// </summary>
    private const int OutputCharsMax = 64 * 1024;

    /// <summary>
    /// Prepares a start that inherits nothing which could change PostgreSQL's behaviour: no PG* variables, untranslated messages, and the
    /// root as current directory. The owner's current directory may be closed to the account that runs the program.
    /// </summary>
    public static ProcessStartInfo Prepare(IReadOnlyList<string> programAndArguments)
    {
        var start = new ProcessStartInfo(programAndArguments[0], programAndArguments.Skip(1))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } root ? root : "/",
        };
        foreach (var name in start.Environment.Keys.Where(IsForPostgres).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static bool IsForPostgres(string variable) => variable.StartsWith("PG", StringComparison.OrdinalIgnoreCase);

    /// <summary>Runs the program. When it cannot be started or exceeds the time limit, the result is a failure, not an exception.</summary>
    public static async Task<CommandResult> RunAsync(ProcessStartInfo start, TimeSpan limit, CancellationToken ct)
    {
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception cause)
        {
            return new CommandResult(CannotStart, cause.Message);
        }

        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(limit);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(bounded.Token);
            var errors = process.StandardError.ReadToEndAsync(bounded.Token);
            await process.WaitForExitAsync(bounded.Token);
            var all = await output + await errors;
            return new CommandResult(process.ExitCode, all.Length <= OutputCharsMax ? all : all[^OutputCharsMax..]);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            ct.ThrowIfCancellationRequested();
            return new CommandResult(CannotStart, $"{start.FileName} did not end within {limit.TotalSeconds:0} s");
        }
    }
}
