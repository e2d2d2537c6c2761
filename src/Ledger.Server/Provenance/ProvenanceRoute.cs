using System.Text;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// Where an assertion came from and who took it over: as JSON, as schema.org JSON-LD, as PROV-JSON, or as PROV in JSON-LD if the client names its profile.
/// </summary>
internal static class ProvenanceRoute
{
    private const string LinkedData = "application/ld+json";
    private const string ProvJson = "application/prov+json";
    private const int DepthDefault = 3;
    private const int DepthMax = 10;

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/assertions/{id}/provenance", "Read where an assertion came from and who took it over", ReadAsync).Produces<ProvenanceGraph>();

    private static async Task ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var depth = (int)call.Query.Number("depth", DepthDefault, 0, DepthMax);
        var direction = call.Query.Word("direction", ["up", "down", "both"]) switch { "up" => WalkDirection.Up, "down" => WalkDirection.Down, _ => WalkDirection.Both };
        var point = await call.PointAsync();
        call.Query.Done();
        await call.RequireReadableAsync(id);
        _ = await ReadAssertionRoute.AtAsync(call, id, point);
        await call.Service<ProjectionPositions>().ForAsync(LinkProjection.ProgressName, point.Position, 0, call.Cancelled);
        var graph = await ProvenanceGraph.AroundAsync(call, id, direction, depth, point);
        call.Response.Headers.Vary = "Accept";
        var root = call.Root;
        var accept = call.Context.Request.Headers.Accept.ToString();
        if (accept.Contains(LinkedData, StringComparison.OrdinalIgnoreCase) && accept.Contains(ProvLinkedData.Profile, StringComparison.Ordinal))
        {
            await WriteAsync(call, ProvLinkedData.Of(ProvDocument.Of(graph, root)), $"{LinkedData};profile=\"{ProvLinkedData.Profile}\"", point.Position);
        }
        else if (accept.Contains(LinkedData, StringComparison.OrdinalIgnoreCase))
        {
            await WriteAsync(call, SchemaOrg.Graph(graph, root), LinkedData, point.Position);
        }
        else if (accept.Contains(ProvJson, StringComparison.OrdinalIgnoreCase))
        {
            await WriteAsync(call, ProvDocument.Of(graph, root), ProvJson, point.Position);
        }
        else
        {
            await call.WriteAsync(new { graph.Root, graph.Nodes, graph.Edges, graph.Truncated, position = point.Position }, point.Position);
        }
    }

    private static Task WriteAsync(ReadCall call, JsonNode body, string contentType, long position) =>
        call.WriteBytesAsync(Encoding.UTF8.GetBytes(body.ToJsonString(DomainJson.Stored)), contentType, position);
}
