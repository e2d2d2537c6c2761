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
    public async Task The_stream_example_goes_on_where_it_stood_when_it_is_started_again()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        await ledger.RecordBasicsAsync();
        foreach (var id in new[] { "c1", "c2", "c3" })
        {
            await ledger.RecordClaimAsync(id);
            await ledger.RecordAsync($"/v1/assertions/{id}/retraction", """{"publisher": "gazette", "text": "T", "reason": "r", "url": "https://example.org/n"}""");
        }

        using var place = new Folder();
        var example = Block("js", 1).Replace("http://127.0.0.1:5080", ledger.BaseAddress.ToString().TrimEnd('/'), StringComparison.Ordinal);
        var seen = new List<string>();
        // The first one crashes over the third event, before it has noted it; the second one gets it again.
        foreach (var count in new[] { 3, 1 })
        {
            var heard = await NodeScript.RunAsync($$"""
                const { place, count } = JSON.parse(process.argv[1]);
                process.chdir(place);
                const heard = [];
                const handle = e => { heard.push(e.subject); if (heard.length === count) { console.log(JSON.stringify(heard)); process.exit(0); } };
                {{example}}
                """, new { place = place.Path, count });
            seen.AddRange(heard.EnumerateArray().Select(s => s.GetString()!));
        }

        seen.ShouldBe(["assertion-c1", "assertion-c2", "assertion-c3", "assertion-c3"]);
    }

    [Theory]
    [InlineData(0, "GuideExample", "static bool")]
    [InlineData(1, "GuideRabbitMqExample", "static async Task")]
    public void The_guide_shows_the_C_sharp_that_the_tests_run(int block, string file, string start)
    {
        var source = Lines(File.ReadAllText(Path.Combine(Root(), $"tests/Ledger.Server.Tests/Subscribers/{file}.cs")));
        var shown = Lines(Block("csharp", block).Replace(start, "private " + start, StringComparison.Ordinal));

        source.ShouldContain(shown);
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));

    /// <summary>A block of the guide in a language, counted from 0.</summary>
    private static string Block(string language, int number = 0) =>
        File.ReadAllText(Path.Combine(Root(), "docs/subscribers-guide.md")).Split($"```{language}\n")[number + 1].Split("```")[0];

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

    /// <summary>A folder that the example keeps its file in.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ledger-guide-");

        public string Path => _directory.FullName;

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
