using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ledger.Domain;
using Ledger.Testing;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_description_has_every_route_of_the_code_and_an_example_for_every_body()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var (response, description) = await ledger.GetAsync("/openapi/v1.json");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        description.GetProperty("openapi").GetString()!.ShouldStartWith("3.");
        var paths = description.GetProperty("paths");

        var routes = ledger.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal) && e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null).ToList();
        routes.Count.ShouldBeGreaterThan(20);
        foreach (var route in routes)
        {
            // The description names a parameter without its constraint: {position:long} is {position}.
            var name = Regex.Replace(route.RoutePattern.RawText!, ":[a-z]+}", "}");
            paths.TryGetProperty(name, out var path).ShouldBeTrue(name);
            foreach (var method in route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Where(m => m != "HEAD"))
            {
                path.TryGetProperty(method.ToLowerInvariant(), out var operation).ShouldBeTrue($"{method} {route.RoutePattern.RawText}");
                operation.GetProperty("summary").GetString().ShouldNotBeNullOrWhiteSpace();
                if (route.Metadata.GetMetadata<IAcceptsMetadata>() is { RequestType: { } body })
                {
                    var example = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
                    JsonElement.DeepEquals(example, JsonElement.Parse(Examples.Of(body)!)).ShouldBeTrue($"{method} {route.RoutePattern.RawText}");
                }
            }
        }
    }

    [Fact]
    public async Task Every_example_of_a_recording_is_taken_by_the_server_as_it_stands()
    {
        await using var ledger = await RunningLedger.StartAsync();
        foreach (var (id, kind) in new[] { ("the-telegraph", "publisher"), ("russia-labour-ministry", "government") })
        {
            await ledger.RecordAsync("/v1/parties", $$"""{"id": "{{id}}", "name": "{{id}}", "kind": "{{kind}}"}""");
        }

        await ledger.RecordAsync("/v1/sources", """{"id": "telegraph-online", "kind": "article", "title": "Online", "publisher": "the-telegraph"}""");
        var sent = new List<Type>();
        await SendAsync<RecordParty>("/v1/parties");
        await SendAsync<RegisterSource>("/v1/sources");
        await SendAsync<CaptureVersion>("/v1/sources/telegraph-print/versions");
        await SendAsync<RecordClaim>("/v1/assertions");
        var second = Examples.Of(typeof(RecordClaim))!.Replace("\"t06\"", "\"d02\"", StringComparison.Ordinal);
        await ledger.RecordAsync("/v1/assertions", second);
        await SendAsync<AttachEvidence>("/v1/assertions/t06/evidence");
        await SendAsync<AddLink>("/v1/assertions/d02/links");
        await SendAsync<DenyAssertion>("/v1/assertions/t06/denials");
        await SendAsync<TakePosition>("/v1/assertions/t06/positions");
        await SendAsync<IssueNotice>("/v1/notices");
        await SendAsync<SingleNotice>("/v1/assertions/d02/corrections");
        var request = await SendAsync<RequestAction>("/v1/assertions/t06/requests");
        var answer = JsonElement.Parse(Examples.Of(typeof(AnswerAction))!).GetProperty("request").GetString()!;
        await SendAsync<AnswerAction>("/v1/assertions/t06/answers", body => body.Replace(answer, request.EventId, StringComparison.Ordinal));
        await SendAsync<AmendEntry>("/v1/assertions/t06/amendments");
        var restriction = await SendAsync<RestrictAccess>("/v1/restrictions");
        await SendAsync<WithdrawEvent>($"/v1/events/{restriction.EventId}/withdrawal");

        // Bodies of other slices have examples of their own; those of the recordings are all here.
        Examples.All.Keys.Where(t => t.IsAssignableTo(typeof(Command)) || t == typeof(SingleNotice)).Except(sent).ShouldBeEmpty();

        async Task<JsonElement> SendAsync<T>(string path, Func<string, string>? adjust = null)
        {
            sent.Add(typeof(T));
            var body = Examples.Of(typeof(T))!;
            var (response, text) = await ledger.PostAsync(path, adjust?.Invoke(body) ?? body);
            response.StatusCode.ShouldBe(HttpStatusCode.Created, $"{path}: {text}");
            return text;
        }
    }

    [Fact]
    public async Task Health_tells_life_and_readiness_with_every_projection()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordBasicsAsync();
        (await ledger.ReadAsync("/health/live")).GetProperty("status").GetString().ShouldBe("live");
        await ledger.ListAsync("limit=1");

        var ready = await ledger.ReadAsync("/health/ready");

        ready.GetProperty("status").GetString().ShouldBe("ready");
        ready.GetProperty("head").GetInt64().ShouldBe(await ledger.Store.HeadAsync());
        ready.GetProperty("projections").EnumerateObject().Count().ShouldBe(ledger.Services.GetRequiredService<Projections>().Daemon.Names.Count);
    }
}
