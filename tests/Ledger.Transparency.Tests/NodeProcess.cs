using System.ComponentModel;
using System.Diagnostics;

namespace Ledger.Transparency.Tests;

/// <summary>Runs a script in Node, whose cryptography and numbers are independent of this code. Node is required, never skipped.</summary>
internal static class NodeProcess
{
    private const int TimeoutMs = 60_000;

    public static async Task<string> RunAsync(string script, string input)
    {
        var start = new ProcessStartInfo("node", ["-e", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Start(start);
        using var timeout = new CancellationTokenSource(TimeoutMs);
        var output = node.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = node.StandardError.ReadToEndAsync(timeout.Token);
        await node.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
        node.StandardInput.Close();
        await node.WaitForExitAsync(timeout.Token);
        node.ExitCode.ShouldBe(0, await errors);
        return await output;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                "This test compares with an independent implementation and needs Node (nodejs.org) as \"node\" on the path.", exception);
        }
    }
}
