namespace Ledger.Benchmarks;

/// <summary>The lines that the provenance benchmark imports; every one has a key, so that the import could be resumed.</summary>
internal static class ProvenanceLines
{
    internal const int LinksPerClaim = 3;

    /// <summary>The assertions that took the hub over.</summary>
    internal const int Derived = 1_000;

    private const int ClaimsPerSource = 100;

    /// <summary>The first claims have no links: there must be something to link to.</summary>
    private const int RootClaims = 1_000;

    /// <summary>Two parties, and then reports: each with a version, a hundred claims, and a denial of nearly each of them.</summary>
    /// <param name="from">How many of the lines to pass over: those that were imported before.</param>
    /// <param name="commands">How many to give.</param>
    internal static IEnumerable<string> Plain(int from, int commands)
    {
        return All().Skip(from).Take(commands);

        static IEnumerable<string> All()
        {
            yield return Party("gazette", "publisher");
            yield return Party("ministry", "government");
            for (var source = 0; ; source++)
            {
                yield return Source($"p{source}");
                yield return Version($"p{source}");
                for (var claim = 0; claim < ClaimsPerSource; claim++)
                {
                    yield return Claim($"p{source}-{claim}", $"p{source}", "");
                }

                for (var claim = 0; claim < ClaimsPerSource - 2; claim++)
                {
                    yield return $$"""
                        {"command": "denyAssertion", "target": "p{{source}}-{{claim}}", "key": "d{{source}}-{{claim}}", "body": {"party": "ministry", "statement": "This is not how it was.", "contests": "whole", "source": {"id": "p{{source}}", "version": 1} } }
                        """;
                }
            }
        }
    }

    /// <summary>Claims that each rest on three earlier ones, and a hub that a thousand rest on.</summary>
    internal static IEnumerable<string> Graph(int claims)
    {
        var random = new Random(20180803);
        for (var n = 0; n < claims; n++)
        {
            var source = $"s{n / ClaimsPerSource}";
            if (n % ClaimsPerSource == 0)
            {
                yield return Source(source);
                yield return Version(source);
            }

            var links = n < RootClaims ? "" : string.Join(", ", Enumerable.Range(0, LinksPerClaim).Select(_ => Link($"c{random.Next(n - (RootClaims / 2))}")));
            yield return Claim($"c{n}", source, links);
        }

        yield return Claim("hub", "s0", "");
        for (var i = 0; i < Derived; i++)
        {
            yield return Claim($"h{i}", "s0", Link("hub"));
        }
    }

    private static string Party(string id, string kind) => $$$"""
        {"command": "recordParty", "key": "{{{id}}}", "body": {"id": "{{{id}}}", "name": "The {{{id}}}", "kind": "{{{kind}}}"}}
        """;

    private static string Source(string id) => $$$"""
        {"command": "registerSource", "key": "{{{id}}}", "body": {"id": "{{{id}}}", "kind": "article", "title": "A report", "publisher": "gazette"}}
        """;

    private static string Version(string id) => $$$"""
        {"command": "captureVersion", "target": "{{{id}}}", "key": "{{{id}}}v1", "body": {"edition": "print", "publishedAt": "2018-08-04", "seen": true}}
        """;

    private static string Claim(string id, string source, string links) => $$"""
        {"command": "recordClaim", "key": "{{id}}", "body": {"id": "{{id}}", "proposition": "A sentence as long as many a claim has.", "source": {"id": "{{source}}", "version": 1}, "attribution": [{"party": "gazette", "role": "originator"}], "links": [{{links}}]} }
        """;

    private static string Link(string to) => $$"""{"to": "{{to}}", "relation": "derivedFrom", "basis": "stated"}""";
}
