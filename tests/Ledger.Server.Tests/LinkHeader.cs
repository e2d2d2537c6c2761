using System.Text.Json;
using Ledger.Server.Tests.Subscribers;

namespace Ledger.Server.Tests;

/// <summary>A target of a Link header or of application/link-format, and its relation types: the parser gives a link for each of them.</summary>
internal sealed record ParsedLink(string Target, IReadOnlyList<string> Relations, string? Datetime);

/// <summary>Reads links with an independent parser, npm's http-link-header. A link that does not fit RFC 8288 is an error and is not dropped.</summary>
internal static class LinkHeader
{
    internal static async Task<IReadOnlyList<ParsedLink>> ParseAsync(string text)
    {
        var links = await NodeScript.RunAsync("""
            import LinkHeader from "http-link-header";
            console.log(JSON.stringify(LinkHeader.parse(JSON.parse(process.argv[1])).refs));
            """, text);
        return [.. links.Deserialize<List<Reference>>(JsonSerializerOptions.Web)!.GroupBy(r => r.Uri)
            .Select(r => new ParsedLink(r.Key, [.. r.Select(x => x.Rel)], r.First().Datetime))];
    }

    private sealed record Reference(string Uri, string Rel, string? Datetime);
}
