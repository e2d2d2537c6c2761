using System.Diagnostics;
using System.Text.Json;
using Ledger.Server.Tests.Subscribers;

namespace Ledger.Server.Tests;

/// <summary>Independent readers of the exported formats: npm's jsonld and Debian's python3-prov. They are required, never skipped.</summary>
internal static class WorldFormats
{
    /// <summary>
    /// The terms of schema.org that the ledger uses, as schema.org's own context has them: written here, so that no test fetches one. It has no
    /// @vocab: a term that is not listed is a loss, which jsonld's safe mode refuses.
    /// </summary>
    private const string SchemaOrgTerms = """
        {"@context": {"schema": "http://schema.org/", "Claim": "schema:Claim", "ClaimReview": "schema:ClaimReview", "Rating": "schema:Rating",
         "NewsArticle": "schema:NewsArticle", "CreativeWork": "schema:CreativeWork", "CorrectionComment": "schema:CorrectionComment",
         "Person": "schema:Person", "Organization": "schema:Organization", "DataFeed": "schema:DataFeed", "DataFeedItem": "schema:DataFeedItem",
         "text": "schema:text", "name": "schema:name", "headline": "schema:headline", "version": "schema:version", "inLanguage": "schema:inLanguage",
         "creativeWorkStatus": "schema:creativeWorkStatus", "claimReviewed": "schema:claimReviewed", "alternateName": "schema:alternateName",
         "appearance": "schema:appearance", "claimInterpreter": "schema:claimInterpreter", "author": "schema:author", "publisher": "schema:publisher",
         "itemReviewed": "schema:itemReviewed", "reviewRating": "schema:reviewRating", "about": "schema:about", "item": "schema:item",
         "correction": "schema:correction", "dataFeedElement": "schema:dataFeedElement",
         "isBasedOn": {"@id": "schema:isBasedOn", "@type": "@id"}, "url": {"@id": "schema:url", "@type": "@id"},
         "datePublished": {"@id": "schema:datePublished", "@type": "schema:Date"}, "dateCreated": {"@id": "schema:dateCreated", "@type": "schema:Date"},
         "dateModified": {"@id": "schema:dateModified", "@type": "schema:Date"}}}
        """;

    /// <summary>Expands in safe mode, compacts again, and compares; one value and a list of it are the same in JSON-LD, and so are a name and a node of it.</summary>
    private const string RoundTrip = """
        import jsonld from "jsonld";
        const { document, terms } = JSON.parse(process.argv[1]);
        const documentLoader = async url => {
          if (url !== "https://schema.org") throw new Error(`${url} is not to be fetched`);
          return { contextUrl: null, documentUrl: url, document: JSON.parse(terms) };
        };
        const expanded = await jsonld.expand(document, { documentLoader, safe: true });
        const compacted = await jsonld.compact(expanded, document["@context"], { documentLoader, graph: true });
        const plain = value => {
          if (Array.isArray(value)) {
            const items = value.map(plain);
            return items.length === 1 ? items[0] : items.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
          }
          if (value === null || typeof value !== "object") return value;
          const keys = Object.keys(value).filter(k => k !== "@context").sort();
          return keys.length === 1 && keys[0] === "@id" ? value["@id"] : Object.fromEntries(keys.map(k => [k, plain(value[k])]));
        };
        const nodes = d => plain(d["@graph"] ?? [d]);
        const [before, after] = [JSON.stringify(nodes(document)), JSON.stringify(nodes(compacted))];
        console.log(JSON.stringify({ same: before === after, before, after, quads: (await jsonld.toRDF(expanded, { safe: true })).length }));
        """;

    private const string Prov = """
        import json, sys
        from prov.model import ProvDocument
        text = sys.stdin.read()
        document = ProvDocument.deserialize(content=text, format="json")
        again = ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
        names = {str(r.identifier) for r in document.get_records() if r.is_element()}
        dangling = sorted({str(v) for r in document.get_records() if r.is_relation() for a, v in r.formal_attributes if v is not None and str(v) not in names})
        print(json.dumps({"same": document == again, "records": len(document.get_records()), "dangling": dangling,
            "types": sorted({str(t) for r in document.get_records() for t in r.get_asserted_types()})}))
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>Checks that jsonld loses nothing when it reads the document. Returns the number of RDF statements that it makes.</summary>
    internal static async Task<int> RequireLinkedDataAsync(JsonElement document)
    {
        var read = await NodeScript.RunAsync(RoundTrip, new { document, terms = SchemaOrgTerms });
        read.GetProperty("same").GetBoolean().ShouldBeTrue($"{read.GetProperty("before").GetString()}\n{read.GetProperty("after").GetString()}");
        return read.GetProperty("quads").GetInt32();
    }

    /// <summary>Reads a PROV-JSON document with python3-prov, which refuses an invalid one.</summary>
    internal static async Task<JsonElement> ReadProvAsync(string document)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Prov]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var timeout = new CancellationTokenSource(Timeout);
        var (output, errors) = (python.StandardOutput.ReadToEndAsync(timeout.Token), python.StandardError.ReadToEndAsync(timeout.Token));
        await python.StandardInput.WriteAsync(document.AsMemory(), timeout.Token);
        python.StandardInput.Close();
        await python.WaitForExitAsync(timeout.Token);
        python.ExitCode.ShouldBe(0, $"{await errors} (apt-get install python3-prov)");
        return JsonElement.Parse(await output);
    }
}
