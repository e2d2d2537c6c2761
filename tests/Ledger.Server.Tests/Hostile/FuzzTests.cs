using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ledger.Testing;

namespace Ledger.Server.Tests.Hostile;

/// <summary>Almost valid requests, made from the description. None may cause a server error, and a refused request may leave nothing behind.</summary>
public sealed partial class FuzzTests
{
    /// <summary>A thousand; <c>LEDGER_FUZZ_REQUESTS</c> says how many else.</summary>
    private static readonly int Requests = int.TryParse(Environment.GetEnvironmentVariable("LEDGER_FUZZ_REQUESTS"), CultureInfo.InvariantCulture, out var number) ? number : 1_000;

    /// <summary>On a busy machine the database may not answer for a moment. A 503 with Retry-After says so; it is rare and not a defect.</summary>
    private const int OutagesOneIn = 500;

    [Fact]
    public async Task A_fuzzed_request_never_causes_a_500_never_shows_a_type_name_and_never_appends_when_it_is_refused()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: ApiWorld.Settings);
        var world = await ApiWorld.RecordAsync(ledger);
        await ledger.SettleAsync();
        var fuzzing = new Fuzzing(world, new Random(15));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 }) { BaseAddress = ledger.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);
        var statuses = new Dictionary<int, int>();
        for (var i = 0; i < Requests; i++)
        {
            using var request = fuzzing.Next();
            var said = $"request {i}: {request.Method} {request.RequestUri} {string.Join("; ", request.Headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}"))} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync())}";
            var before = await ledger.Store.HeadAsync();
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var text = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();

            var status = (int)response.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            if (status == 503)
            {
                response.Headers.RetryAfter.ShouldNotBeNull(said);
            }
            else
            {
                status.ShouldBeLessThan(500, $"{said}\n{text}");
            }

            TypeName().IsMatch(text).ShouldBeFalse($"{said}\n{text}");
            if (status >= 400)
            {
                // The ledger itself may append consequences of an earlier request meanwhile. These carry the ledger's own principal.
                var appended = await ledger.Store.ReadEventsAsync(before + 1, before + 100, default);
                appended.ShouldNotContain(e => e.Headers.RecordedBy == AccessKeys.AdminPrincipal, $"{said}\n{text}");
            }
        }

        var seen = string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}"));
        Trace.WriteLine(seen);
        statuses.GetValueOrDefault(503).ShouldBeLessThanOrEqualTo(Requests / OutagesOneIn, seen);
        statuses.GetValueOrDefault(200).ShouldBeGreaterThan(Requests / 20, seen);
        statuses.GetValueOrDefault(201).ShouldBeGreaterThan(Requests / 100, seen);
        statuses.GetValueOrDefault(400).ShouldBeGreaterThan(Requests / 10, seen);
    }

    [GeneratedRegex(@"\b(System|Microsoft|Npgsql|Marten|Wolverine|JasperFx|Newtonsoft|Ledger\.(Domain|Server|Store|Transparency|Formats))\.[A-Z]|   at [A-Z]\w+\.|`\d\[|\bException\b")]
    private static partial Regex TypeName();
}
