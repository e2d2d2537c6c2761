using System.Text;
using System.Text.RegularExpressions;
using NSwag.AspNetCore;

namespace Ledger.Server;

/// <summary>
/// The style and the script of Swagger UI, from the package NSwag.AspNetCore. Its style contains pictures as <c>data:</c> URLs, which the content security
/// policy of the pages forbids. So each picture becomes a separate file.
/// </summary>
internal static partial class ReferenceAssets
{
    internal const string Style = "swagger-ui.css";
    internal const string Script = "swagger-ui-bundle.js";

    private const string Prefix = "NSwag.AspNetCore.SwaggerUi.";

    /// <summary>The files by name.</summary>
    /// <param name="addressOf">Gives the address at which a picture is served.</param>
    internal static IEnumerable<KeyValuePair<string, byte[]>> All(Func<string, byte[], string> addressOf)
    {
        var pictures = new List<KeyValuePair<string, byte[]>>();
        var style = Picture().Replace(Encoding.UTF8.GetString(Read(Style)), match =>
        {
            var name = $"swagger-ui-{pictures.Count}.{(match.Groups["type"].Value is var type && type == "svg+xml" ? "svg" : type)}";
            var bytes = match.Groups["base64"].Success
                ? Convert.FromBase64String(match.Groups["base64"].Value)
                : Encoding.UTF8.GetBytes(Uri.UnescapeDataString(match.Groups["text"].Value.Replace("\\\"", "\"", StringComparison.Ordinal)));
            pictures.Add(new(name, bytes));
            return $"url({addressOf(name, bytes)})";
        });
        return [new(Style, Encoding.UTF8.GetBytes(style)), new(Script, Read(Script)), .. pictures];
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(SwaggerUiSettings).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    [GeneratedRegex("""url\((?:data:image/(?<type>[a-z]+);base64,(?<base64>[^)]*)|"data:image/(?<type>svg\+xml);charset=utf-8,(?<text>(?:[^"\\]|\\.)*)")\)""")]
    private static partial Regex Picture();
}
