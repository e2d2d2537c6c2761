using System.Collections.Frozen;

namespace Ledger.Server;

/// <summary>
/// Serves the style and the scripts of the pages. Each address contains a hash of the bytes, so that a browser may cache the file for ever. The files
/// contain no recorded data, so they need no key.
/// </summary>
internal static class AssetRoutes
{
    private const string Prefix = "Ledger.Server.Web.Assets.";
    private const string Immutable = "public, max-age=31536000, immutable";

    private static readonly FrozenDictionary<string, byte[]> ByName = typeof(AssetRoutes).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => KeyValuePair.Create(n[Prefix.Length..], Read(n)))
        .Concat(ReferenceAssets.All(AddressOf)).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Addresses = ByName.ToFrozenDictionary(a => a.Key, a => AddressOf(a.Key, a.Value), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Names = Addresses.ToFrozenDictionary(a => a.Value, a => a.Key, StringComparer.Ordinal);

    /// <summary>The current address of an asset.</summary>
    internal static string AddressOf(string name) => Addresses[name];

    internal static void Map(IEndpointRouteBuilder routes) => routes
        .MapMethods("/assets/{file}", ["GET", "HEAD"], async (HttpContext context) =>
        {
            if (!Names.TryGetValue(context.Request.Path.Value!, out var name))
            {
                throw new ProblemException(Problem.NotFound("There is no such file; load the page again for its present addresses."));
            }

            context.Response.Headers.CacheControl = Immutable;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            await context.Response.WriteWholeAsync(
                ByName[name], TypeOf(name), context.RequestAborted);
        })
        .OpenToAll()
        .ExcludeFromDescription();

    private static string AddressOf(string name, byte[] bytes) => $"/assets/{Path.GetFileNameWithoutExtension(name)}.{WholeAnswer.HashOf(bytes)}{Path.GetExtension(name)}";

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var extension => $"image/{extension[1..]}",
    };

    private static byte[] Read(string resource)
    {
        using var stream = typeof(AssetRoutes).Assembly.GetManifestResourceStream(resource)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
