using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>Runs a script in Node with packages of npm, fetched once into a folder of the machine's temporary files. Required, never skipped.</summary>
internal static class NodeScript
{
    private const string Packages =
        "standardwebhooks@1.0.0 cloudevents@8.0.2 eventsource@3.0.2 feedparser@2.6.0 feedsmith@3.0.1 ajv@8.20.0 ajv-formats@3.0.1 jsonld@9.0.0 fast-xml-parser@4.5.0 http-link-header@1.1.4 @apidevtools/swagger-parser@13.0.0 @redocly/openapi-core@2.64.0";

    /// <summary>An input may be longer than a command line may be.</summary>
    private const string ReadInput = "import { readFileSync as readInput } from \"node:fs\"; process.argv[1] = readInput(0, \"utf8\");\n";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>Gives what the script wrote, as JSON; the input is <c>process.argv[1]</c>.</summary>
    public static async Task<JsonElement> RunAsync(string script, object input)
    {
        var directory = await Installed.Value;
        var (code, output, errors) = await RunAsync(directory, "node", ["--input-type=module", "-e", ReadInput + script], JsonSerializer.Serialize(input));
        code.ShouldBe(0, errors);
        return JsonElement.Parse(output);
    }

    private static async Task<string> InstallAsync()
    {
        var directory = Path.Combine(Path.GetTempPath(), "ledger-npm-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Packages)))[..12]);
        Directory.CreateDirectory(directory);
        var marker = Path.Combine(directory, "installed");
        if (!File.Exists(marker) || await File.ReadAllTextAsync(marker) != Packages)
        {
            var (code, _, errors) = await RunAsync(directory, "npm", ["install", "--no-audit", "--no-fund", "--prefix", directory, .. Packages.Split(' ')], "");
            code.ShouldBe(0, errors);
            await File.WriteAllTextAsync(marker, Packages);
        }

        return directory;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string directory, string command, IEnumerable<string> arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var timeout = new CancellationTokenSource(Timeout);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await output, await errors);
    }
}
