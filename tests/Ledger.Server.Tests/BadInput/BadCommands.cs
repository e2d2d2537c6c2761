using static Ledger.Server.Tests.BadInput.BadCall;

namespace Ledger.Server.Tests.BadInput;

/// <summary>Well-formed commands that a rule refuses: references, times, values, states, parties.</summary>
internal static class BadCommands
{
    internal const string Denial = """{"party": "ministry", "statement": "Never", "contests": "whole", "citation": "https://example.org/d"}""";
    private const string Claim = """{"proposition": "P", "source": {"id": "report", "version": 1}, "attribution": []""";
    private const string Sources = "/v1/sources";
    private const string Versions = "/v1/sources/report/versions";
    private const string Claims = "/v1/assertions";
    private const string C1 = "/v1/assertions/c1";

    internal static IEnumerable<BadCall> All =>
    [
        Post("a source of an unknown publisher", Sources, """{"kind": "a", "title": "T", "publisher": "nobody"}""", 400, "unknown-reference", "POST /v1/parties"),
        Post("a zone that is none", Sources, """{"kind": "a", "title": "T", "publisher": "gazette", "timeZone": "Europe/Atlantis"}""", 400, "invalid", "IANA"),
        Post("an address of another scheme", Sources, """{"kind": "a", "title": "T", "publisher": "gazette", "url": "ftp://example.org"}""", 400, "invalid", "http"),
        Post("a relative address", Sources, """{"kind": "a", "title": "T", "publisher": "gazette", "url": "/a"}""", 400, "invalid", "absolute"),
        Post("a version of an unknown source", "/v1/sources/nowhere/versions", Version("2018-08-03"), 404, "not-found", "POST /v1/sources"),
        Post("a day that the calendar lacks", Versions, Version("2018-02-30"), 400, "invalid", "calendar"),
        Post("a month that the calendar lacks", Versions, Version("2018-13"), 400, "invalid", "calendar"),
        Post("a time without a zone", Versions, Version("2018-08-03T14:05:00"), 400, "invalid", "2018-08-03T14:05:00Z"),
        Post("a publication to come", Versions, Version("2999-01-01"), 400, "not-yet-published", "/v1/restrictions"),
        Post("a basis that is none", Versions, """{"edition": "e", "seen": true, "publishedAt": {"value": "2018", "basis": "guessed"}}""", 400, "invalid-json", "the basis is stated or inferred"),
        Post("a hash that is none", Versions, """{"edition": "e", "seen": true, "sha256": "abc"}""", 400, "invalid", "64 hexadecimal"),
        Post("a hash of another text", Versions, $$"""{"edition": "e", "seen": true, "text": "T", "sha256": "{{new string('0', 64)}}"}""", 400, "invalid", "leave one"),
        Post("a text to keep without a text", Versions, """{"edition": "e", "seen": true, "keepText": true}""", 400, "invalid", "needs a text"),
        Post("the text of an unseen version", Versions, """{"edition": "e", "seen": false, "text": "T"}""", 400, "invalid", "must be true"),
        Post("a version based on an unknown source", Versions, BasedOn("nowhere", "1"), 400, "unknown-reference", "POST /v1/sources"),
        Post("a version based on an unknown version", Versions, BasedOn("second", "9"), 400, "unknown-reference", "/v1/sources/second/versions"),
        Post("a version based on version 0", Versions, BasedOn("second", "0"), 400, "invalid-json", "unseen"),
        Post("a cycle of versions", Versions, BasedOn("second", "1"), 409, "cycle", "Withdraw"),

        Post("a claim of an unknown source", Claims, Claim.Replace("report", "nowhere", StringComparison.Ordinal) + "}", 400, "unknown-reference", "POST /v1/sources"),
        Post("a claim of an unknown version", Claims, Claim.Replace("1}", "7}", StringComparison.Ordinal) + "}", 400, "unknown-reference", "versions"),
        Post("a claim of version 0", Claims, Claim.Replace("1}", "0}", StringComparison.Ordinal) + "}", 400, "invalid", "from 1"),
        Post("a version in quotes", Claims, Claim.Replace("1}", "\"1\"}", StringComparison.Ordinal) + "}", 400, "invalid-json", "/openapi/v1.json"),
        Post("an over-long proposition", Claims, Claim.Replace("\"P\"", $"\"{new string('p', 10_001)}\"", StringComparison.Ordinal) + "}", 400, "invalid", "shorten it"),
        Post("an attribution to nobody recorded", Claims, Claim.Replace("[]", "[{\"party\": \"nobody\"}]", StringComparison.Ordinal) + "}", 400, "unknown-reference", "POST /v1/parties"),
        Post("an attribution to nobody at all", Claims, Claim.Replace("[]", "[{\"role\": \"relay\"}]", StringComparison.Ordinal) + "}", 400, "invalid", "party"),
        Post("a figure twice", Claims, Claim + """, "figures": [{"name": "n", "value": 1}, {"name": "n", "value": 2}]}""", 400, "invalid", "figures"),
        Post("a figure in quotes", Claims, Claim + """, "figures": [{"name": "n", "value": "1"}]}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("a figure beyond all decimals", Claims, Claim + """, "figures": [{"name": "n", "value": 1e99}]}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("a comparison that is none", Claims, Claim + """, "figures": [{"name": "n", "value": 1, "op": "<>"}]}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("65 figures", Claims, Claim + $$""", "figures": [{{string.Join(',', Enumerable.Range(0, 65).Select(n => $$"""{"name": "n{{n}}", "value": 1}"""))}}]}""", 400, "invalid", "64 items"),
        Post("a part that is none", Claims, Claim + """, "part": "footnote"}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("a modality by its number", Claims, Claim + """, "modality": 1}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("a period that ends before it begins", Claims, Claim + """, "scope": {"from": "2018", "to": "2017"}}""", 400, "invalid", "scope.to"),
        Post("a selector of another sort", Claims, Claim + """, "evidence": [{"selector": {"type": "XPathSelector"}}]}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("a selector that ends before it begins", Claims, Claim + """, "evidence": [{"selector": {"type": "TextPositionSelector", "start": 5, "end": 2}}]}""", 400, "invalid", "code points"),
        Post("a claim linked to an unknown assertion", Claims, Claim + """, "links": [{"to": "c99", "relation": "restates", "basis": "stated"}]}""", 400, "unknown-reference", "POST /v1/assertions"),
        Post("a claim under an id that is taken", Claims, Claim + """, "id": "c1"}""", 409, "id-taken", "another id"),

        Post("a link to itself", C1 + "/links", Link("c1"), 409, "cycle", "another assertion"),
        Post("a cycle of derivation", C1 + "/links", Link("c2"), 409, "cycle", "Withdraw"),
        Post("a link to an unknown assertion", C1 + "/links", Link("c99"), 400, "unknown-reference", "POST /v1/assertions"),
        Post("a relation that is none", C1 + "/links", """{"to": "c3", "relation": "resembles", "basis": "stated"}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("a difference in a field that is none", C1 + "/links", """{"to": "c3", "relation": "restates", "basis": "stated", "differences": [{"field": "colour"}]}""", 400, "invalid", "figures"),
        Post("a difference with a hidden NUL", C1 + "/links", """{"to": "c3", "relation": "restates", "basis": "stated", "differences": [{"field": "proposition", "ours": "\u0000"}]}""", 400, "invalid-json", "leave it out"),
        Post("a reason for what is no supersession", C1 + "/links", """{"to": "c3", "relation": "restates", "basis": "stated", "because": "wasWrong"}""", 400, "invalid", "supersedes"),
        Post("evidence of an unknown version", C1 + "/evidence", """{"sourceVersion": 5, "selector": {"type": "TextQuoteSelector", "exact": "x"}}""", 400, "unknown-reference", "versions"),
        Post("evidence that quotes nothing", C1 + "/evidence", """{"sourceVersion": 1, "selector": {"type": "TextQuoteSelector"}}""", 400, "invalid", "exact"),

        Post("a denial with neither source nor citation", C1 + "/denials", """{"party": "ministry", "statement": "No", "contests": "whole"}""", 400, "citation-missing", "citation"),
        Post("a denial by nobody recorded", C1 + "/denials", Denial.Replace("ministry", "nobody", StringComparison.Ordinal), 400, "unknown-reference", "POST /v1/parties"),
        Post("a denial of an unknown assertion", "/v1/assertions/c99/denials", Denial, 404, "not-found", "POST /v1/assertions"),
        Post("a denial of what is no id", "/v1/assertions/C1/denials", Denial, 404, "not-found", "[a-z0-9]"),
        Post("a denial of neither whole nor part", C1 + "/denials", Denial.Replace("whole", "half", StringComparison.Ordinal), 400, "invalid-json", "/openapi/v1.json"),
        Post("a denial of an empty part", C1 + "/denials", Denial.Replace("\"whole\"", "{\"part\": \"\"}", StringComparison.Ordinal), 400, "invalid", "contests.part"),
        Post("a denial stated in an unknown assertion", C1 + "/denials", Denial.Replace("}", ", \"statedIn\": \"c99\"}", StringComparison.Ordinal), 400, "unknown-reference", "statedIn"),
        Post("an act for what is no party's id", C1 + "/denials", Denial.Replace("}", ", \"onBehalfOf\": \"The Ministry\"}", StringComparison.Ordinal), 400, "invalid", "onBehalfOf"),
        Post("a stance that is none", C1 + "/positions", """{"party": "ministry", "stance": "shrugs", "citation": "c"}""", 400, "invalid-json", "/openapi/v1.json"),
        Post("a review without a rating", C1 + "/positions", """{"party": "ministry", "stance": "rules", "citation": "c"}""", 400, "invalid", "rating"),
        Post("the independence of a dispute", C1 + "/positions", """{"party": "ministry", "stance": "disputes", "independence": "independent", "citation": "c"}""", 400, "invalid", "corroborates"),
        Post("a request with an empty deadline", C1 + "/requests", """{"requester": "ministry", "kind": "reply", "text": "Please", "deadline": ""}""", 400, "invalid", "calendar"),
        Post("an answer to nothing", C1 + "/answers", """{"by": "gazette", "outcome": "noted"}""", 400, "invalid", "either"),
        Post("an answer to what was never asked", C1 + "/answers", """{"request": "{denial}", "by": "gazette", "outcome": "noted"}""", 409, "not-open", "history"),
        Post("an amendment of a stale value", C1 + "/amendments", """{"field": "scope.place", "before": "Omsk", "after": "Tomsk", "reason": "r"}""", 409, "stale-before", "read the assertion again"),
    ];

    private static string Version(string publishedAt) => $$"""{"edition": "e", "seen": true, "publishedAt": "{{publishedAt}}"}""";

    private static string BasedOn(string source, string version) =>
        $$"""{"edition": "e", "seen": true, "basedOn": [{"source": "{{source}}", "version": {{version}}, "kind": "reports"}]}""";

    private static string Link(string to) => $$"""{"to": "{{to}}", "relation": "derivedFrom", "basis": "stated"}""";
}
