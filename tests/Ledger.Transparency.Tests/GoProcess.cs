using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ledger.Transparency.Tests;

/// <summary>A test that needs Go with golang.org/x/mod, which .ci/run installs: skipped on a machine without them, never in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoFactAttribute : FactAttribute
{
    public GoFactAttribute()
    {
        if (!GoProcess.IsInstalled && Environment.GetEnvironmentVariable("CI") is null)
        {
            Skip = "needs Go and its package golang.org/x/mod (apt-get install golang-go golang-golang-x-mod-dev)";
        }
    }
}

/// <summary>Runs the checks of Go's own implementation of notes and trees; <c>Go/check.go</c> says which there are.</summary>
internal static class GoProcess
{
    /// <summary>Go compiles the program and its standard library when it has never done so.</summary>
    private const int TimeoutMs = 120_000;

    /// <summary>Where Debian puts the sources of Go's packages.</summary>
    private const string PackagePath = "/usr/share/gocode";

    /// <summary>Go takes a hash's text as it stands in the JSON, without escapes.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static bool IsInstalled =>
        Directory.Exists($"{PackagePath}/src/golang.org/x/mod/sumdb/note")
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, "go")));

    /// <summary>What Go finds wrong with each item; an empty text where it finds nothing.</summary>
    internal static async Task<string[]> CheckAsync(object work)
    {
        var start = new ProcessStartInfo("go", ["run", Path.Combine(AppContext.BaseDirectory, "Go", "check.go")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["GO111MODULE"] = "off",
                ["GOPATH"] = PackagePath,
                ["GOFLAGS"] = "",
                ["CGO_ENABLED"] = "0",
                ["GOCACHE"] = Path.Combine(AppContext.BaseDirectory, "go-cache"),
            },
        };
        using var go = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        using var timeout = new CancellationTokenSource(TimeoutMs);
        var output = go.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = go.StandardError.ReadToEndAsync(timeout.Token);
        await JsonSerializer.SerializeAsync(go.StandardInput.BaseStream, work, Plain, timeout.Token);
        go.StandardInput.Close();
        await go.WaitForExitAsync(timeout.Token);
        go.ExitCode.ShouldBe(0, await errors);
        return JsonSerializer.Deserialize<string[]>(await output)!;
    }
}
