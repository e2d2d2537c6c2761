using System.Net;
using System.Text;
using Ledger.Server.Tests.Subscribers;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>Requests that append nothing to the log. A request that is sent twice with one key is done once, and a body is refused where none is expected.</summary>
public sealed class OperationAnswersTests
{
    [Theory]
    [InlineData("/v1/keys", """{"name": "twice", "scopes": ["read"]}""", "secret")]
    [InlineData("/v1/subscriptions", """{"name": "twice", "delivery": {"kind": "webhook", "url": "https://partner.example/hook"}}""", "secret")]
    [InlineData("/v1/erasures", """{"positions": [1], "fields": ["name"], "legalBasis": "An order."}""", null)]
    public async Task A_request_that_comes_twice_with_a_key_is_done_once(string path, string body, string? secret)
    {
        await using var ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        await ledger.PostAsync("/v1/parties", """{"id": "somebody", "name": "Somebody", "kind": "person"}""");
        var key = Guid.CreateVersion7().ToString();
        var (first, made) = await ledger.PostAsync(path, body, key);
        var (again, replayed) = await ledger.PostAsync(path, body, key);

        first.StatusCode.ShouldBe(HttpStatusCode.Created, made.GetRawText());
        again.StatusCode.ShouldBe(HttpStatusCode.Created, replayed.GetRawText());
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        replayed.GetProperty("id").GetString().ShouldBe(made.GetProperty("id").GetString());
        if (secret is not null)
        {
            made.TryGetProperty(secret, out _).ShouldBeTrue();
            replayed.TryGetProperty(secret, out _).ShouldBeFalse("a secret is shown once");
        }

        var (other, problem) = await ledger.PostAsync(path, body.Replace("twice", "thrice", StringComparison.Ordinal).Replace("An order", "Another order", StringComparison.Ordinal), key);
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("type").GetString().ShouldBe("/problems/idempotency-key-reused");
        (await ledger.PostAsync(path, body)).Body.GetProperty("id").GetString().ShouldNotBe(made.GetProperty("id").GetString(), "without a key it is a new request");
    }

    [Fact]
    public async Task Many_requests_at_once_with_one_idempotency_key_create_one_resource()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        var key = Guid.CreateVersion7().ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.PostAsync("/v1/keys", """{"name": "race", "scopes": ["read"]}""", key)));

        answers.Select(a => a.Response.StatusCode).ShouldAllBe(s => s == HttpStatusCode.Created);
        answers.Select(a => a.Body.GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem();
        answers.Count(a => a.Body.TryGetProperty("secret", out _)).ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_not_remembered()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        var key = Guid.CreateVersion7().ToString();
        (await ledger.PostAsync("/v1/keys", """{"name": "", "scopes": ["read"]}""", key)).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ledger.PostAsync("/v1/keys", """{"name": "good", "scopes": ["read"]}""", key)).Response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_field_is_refused_where_no_body_is_expected_and_nothing_is_done()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: SubscriberExtensions.Settings);
        var id = (await ledger.PostAsync("/v1/subscriptions", """{"name": "bodies", "delivery": {"kind": "webhook", "url": "https://partner.example/hook"}}""")).Body.GetProperty("id").GetString();
        foreach (var act in (string[])["pause", "resume", "test", "secret/rotation", "deliveries/1/retry", "deliveries/1/skip"])
        {
            var (refused, problem) = await ledger.PostAsync($"/v1/subscriptions/{id}/{act}", """{"x": 1}""");
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, act);
            problem.GetProperty("errors").TryGetProperty("x", out _).ShouldBeTrue(problem.GetRawText());
        }

        (await ledger.SubscriptionAsync(id!)).GetProperty("state").GetString().ShouldBe("active");
        foreach (var body in (string[])["{}", ""])
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var paused = await ledger.Http.PostAsync(new Uri($"/v1/subscriptions/{id}/pause", UriKind.Relative), content);
            paused.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        }
    }
}
