using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>An operation of the description of the API.</summary>
/// <param name="Method">In lower case, as the description writes it.</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Content">What the description says of it.</param>
internal sealed record ApiOperation(string Method, string Path, JsonElement Content)
{
    /// <summary>The parameters of one place: path, query or header.</summary>
    public IEnumerable<JsonElement> Parameters(string place) =>
        Content.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Where(p => p.GetProperty("in").GetString() == place) : [];

    /// <summary>The example of its JSON body; null where it takes none.</summary>
    public JsonElement? Example =>
        Content.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json)
            && json.TryGetProperty("example", out var example) ? example : null;

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>Reads the description as a client does.</summary>
internal static class ApiDescription
{
    internal static Task<(HttpResponseMessage Response, JsonElement Body)> ReadDescriptionAsync(this RunningLedger ledger) => ledger.GetAsync("/openapi/v1.json");

    internal static IEnumerable<ApiOperation> Operations(this JsonElement description) =>
        from path in description.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select new ApiOperation(operation.Name, path.Name, operation.Value);
}
