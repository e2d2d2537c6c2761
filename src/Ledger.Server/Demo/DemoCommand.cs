using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Ledger.Server;

/// <summary>Records the two reports of August 2018 through the API, as any client would, and shows what stands. A second run appends nothing.</summary>
internal static class DemoCommand
{
    private const string Resource = "Ledger.Server.Demo.articles-2018.ndjson";

    /// <summary>The exit code, or null to go on serving.</summary>
    internal static async Task<int?> RunAsync(WebApplication app, bool exit, CancellationToken cancellationToken)
    {
        var settings = app.Services.GetRequiredService<LedgerSettings>();
        if (settings.AdminKey is null)
        {
            await Console.Error.WriteLineAsync("The demonstration records through the API and needs a key: set Ledger__AdminKey.");
            return 1;
        }

        using var http = new HttpClient { BaseAddress = new(app.Urls.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", settings.AdminKey);
        var (appended, position) = await Progress(advance => RecordAsync(http, advance, cancellationToken));
        await DemoReport.WriteAsync(http, appended, position, cancellationToken);
        return exit ? 0 : null;
    }

    private static async Task<IReadOnlyList<ImportLine>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var stream = typeof(DemoCommand).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = new List<ImportLine>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(ImportLine.Parse(Encoding.UTF8.GetBytes(line)));
        }

        return lines;
    }

    /// <summary>Records every line under its own key. Returns how many events were appended, and the position of the last one.</summary>
    internal static async Task<(int Appended, long Position)> RecordAsync(HttpClient http, Action<double> advance, CancellationToken cancellationToken)
    {
        var commands = await ReadAsync(cancellationToken);
        var appended = 0;
        var position = 0L;
        foreach (var line in commands)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, line.Path)
            {
                Content = new StringContent(Encoding.UTF8.GetString(line.Body.Span), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            };
            request.Headers.Add("Idempotency-Key", $"\"{line.Key}\"");
            using var response = await http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"{line.Command} {line.Key} was answered {(int)response.StatusCode}: {text}");
            }

            var answer = JsonElement.Parse(text);
            appended += response.Headers.Contains("Idempotent-Replayed") ? 0 : answer.GetProperty("events").GetArrayLength();
            position = Math.Max(position, answer.GetProperty("position").GetInt64());
            advance(1.0 / commands.Count);
        }

        return (appended, position);
    }

    private static async Task<T> Progress<T>(Func<Action<double>, Task<T>> work)
    {
        if (Console.IsOutputRedirected)
        {
            return await work(_ => { });
        }

        return await AnsiConsole.Progress().StartAsync(async context =>
        {
            var task = context.AddTask("Recording the two reports of August 2018", maxValue: 1);
            return await work(task.Increment);
        });
    }
}
