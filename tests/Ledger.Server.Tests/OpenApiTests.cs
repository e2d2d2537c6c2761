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
                    (Examples.Of(body, name) is not null).ShouldBeTrue($"{method} {name}: add an example of {body.Name} to src/Ledger.Server/Http/Examples.cs");
                    var example = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
                    JsonElement.DeepEquals(example, JsonElement.Parse(Examples.Of(body, name)!)).ShouldBeTrue($"{method} {route.RoutePattern.RawText}");
                }
            }
        }
    }

    [Fact]
    public async Task Health_reports_liveness_and_readiness_with_every_projection()
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
