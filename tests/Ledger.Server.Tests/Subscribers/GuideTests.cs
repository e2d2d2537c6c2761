using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>The examples of docs/subscribers-guide.md, run as they stand there.</summary>
public class GuideTests
{
    [Fact]
    public async Task The_examples_verify_what_the_ledger_sends_and_refuse_a_changed_body()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        await using var receiver = await WebhookReceiver.StartAsync();
        var secret = (await ledger.SubscribeAsync("s1", receiver.Url)).GetProperty("secret").GetString()!;
        await ledger.RecordAsync("/v1/subscriptions/s1/test", "{}");
        var message = receiver.All.Single();
        var headers = message.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value);
        var input = new { secret, body = message.Body, headers };

        var node = await NodeScript.RunAsync($$"""
            {{Block("js").Replace("export ", "", StringComparison.Ordinal)}}
            const { secret, body, headers } = JSON.parse(process.argv[1]);
            let refused = false;
            try { verified(secret, body + " ", headers); } catch { refused = true; }
            console.log(JSON.stringify([verified(secret, body, headers).id, refused]));
            """, input);
        var python = await PythonAsync(Block("python") + """

            import sys
            given = json.load(sys.stdin)
            body = given["body"].encode()
            try:
                verified(given["secret"], body + b" ", given["headers"])
                refused = False
            except ValueError:
                refused = True
            print(json.dumps([verified(given["secret"], body, given["headers"])["id"], refused]))
            """, JsonSerializer.Serialize(input));

        var expected = JsonSerializer.Serialize(new object[] { message.Id, true });
        node.GetRawText().ShouldBe(expected);
        python.Trim().Replace(", ", ",", StringComparison.Ordinal).ShouldBe(expected);
        GuideExample.Verify(secret, Encoding.UTF8.GetBytes(message.Body), headers).ShouldBeTrue();
        GuideExample.Verify(secret, Encoding.UTF8.GetBytes(message.Body + " "), headers).ShouldBeFalse();
    }

    [Fact]
    public void The_guide_shows_the_C_sharp_that_the_tests_run()
    {
        var source = Lines(File.ReadAllText(Path.Combine(Root(), "tests/Ledger.Server.Tests/Subscribers/GuideExample.cs")));
        var shown = Lines(Block("csharp").Replace("static bool", "private static bool", StringComparison.Ordinal));

        source.ShouldContain(shown);
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));

    /// <summary>The first block of the guide in a language.</summary>
    private static string Block(string language)
    {
        var guide = File.ReadAllText(Path.Combine(Root(), "docs/subscribers-guide.md"));
        var start = guide.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return guide[start..guide.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Ledger.sln")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }

    private static async Task<string> PythonAsync(string script, string input)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await python.StandardInput.WriteAsync(input);
        python.StandardInput.Close();
        var errors = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        python.ExitCode.ShouldBe(0, await errors);
        return output;
    }
}
