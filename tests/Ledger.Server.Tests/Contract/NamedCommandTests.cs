using Ledger.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests;

public class NamedCommandTests
{
    [Fact]
    public async Task An_import_and_a_queue_know_every_command_that_a_POST_takes()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var posts = from endpoint in ledger.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                    where endpoint.Metadata.GetMetadata<CommandEndpoint>() is not null && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("POST")
                    select endpoint.RoutePattern.RawText!;

        posts.Except(NamedCommand.Routes.Values).ShouldBeEmpty("give the command a name in src/Ledger.Server/Recording/NamedCommand.cs");
        NamedCommand.Routes.Values.Except(posts).ShouldBeEmpty("a command has a route that is not there");
    }
}
