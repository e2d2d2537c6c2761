using System.Globalization;
using System.Net;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public class RateLimitTests
{
    private static readonly Uri Parties = new("/v1/parties", UriKind.Relative);

    [Fact]
    public async Task A_client_that_asks_too_often_is_told_to_wait_and_other_clients_are_not()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Ledger:RateLimit:RequestsPerSecond"] = "1", ["Ledger:RateLimit:Burst"] = "3",
        });
        var key = await ledger.RecordAsync("/v1/keys", """{"name": "Reader", "scopes": ["read"]}""");
        using var reader = ledger.Client(key.GetProperty("secret").GetString());

        HttpResponseMessage response;
        var served = 0;
        while ((response = await ledger.Public.GetAsync(Parties)).StatusCode == HttpStatusCode.OK && served < 100)
        {
            served++;
        }

        served.ShouldBeInRange(3, 10);
        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync()).ShouldContain("/problems/too-many-requests");

        (await reader.GetAsync(Parties)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ledger.Http.GetAsync(Parties)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ledger.Public.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Task.Delay(response.Headers.RetryAfter.Delta.Value + TimeSpan.FromMilliseconds(200));
        (await ledger.Public.GetAsync(Parties)).StatusCode.ShouldBe(HttpStatusCode.OK, served.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Requests_with_guessed_keys_are_rate_limited_too()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Ledger:RateLimit:RequestsPerSecond"] = "1", ["Ledger:RateLimit:Burst"] = "3",
        });
        using var guesser = ledger.Client("ledger_guess");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            answers.Add((await guesser.GetAsync(Parties)).StatusCode);
        }

        answers[0].ShouldBe(HttpStatusCode.Unauthorized);
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
    }
}
