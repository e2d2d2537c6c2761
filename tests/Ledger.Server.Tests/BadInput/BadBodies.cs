using System.Text;
using static Ledger.Server.Tests.BadInput.BadCall;

namespace Ledger.Server.Tests.BadInput;

/// <summary>Errors that are found before any rule of the domain applies: JSON, text, sizes, headers, routes, access.</summary>
internal static class BadBodies
{
    private const string Parties = "/v1/parties";
    private const string Good = """{"id": "new-party", "name": "A name", "kind": "person"}""";

    internal static IEnumerable<BadCall> All =>
    [
        Json("empty body", "", "send a JSON object"),
        Json("malformed JSON", """{"name": """, "/openapi/v1.json"),
        Json("a list for an object", "[]", "/openapi/v1.json"),
        Json("null for an object", "null", "/openapi/v1.json"),
        Json("a text for an object", "\"name\"", "/openapi/v1.json"),
        Json("something after the object", Good + " x", "/openapi/v1.json"),
        Json("a comment", Good.Replace("}", "/* why */}", StringComparison.Ordinal), "/openapi/v1.json"),
        Json("a trailing comma", Good.Replace("}", ",}", StringComparison.Ordinal), "/openapi/v1.json"),
        Json("a field twice", Good.Replace("}", ", \"kind\": \"body\"}", StringComparison.Ordinal), "kind stands there twice"),
        Json("a time that is a number", Good.Replace("}", ", \"occurredAt\": 5}", StringComparison.Ordinal), "A time is \"2018-08-03\""),
        Json("a place in bad syntax", "{bad", "(line 1, byte 2)"),
        Json("an unknown field", Good.Replace("}", ", \"colour\": \"red\"}", StringComparison.Ordinal), "colour"),
        Json("a field in other case", """{"Name": "A name", "kind": "person"}""", "Name"),
        Json("a missing field", """{"kind": "person"}""", "name"),
        Json("null for a required field", """{"name": null, "kind": "person"}""", "/openapi/v1.json"),
        Json("a number for a text", """{"name": 5, "kind": "person"}""", "name is the number 5; a text is expected."),
        Json("a text for a list", """{"name": "A", "kind": "person", "aliases": "B"}""", "aliases is a text; a list is expected."),
        Json("an object in a list of texts", """{"name": "A", "kind": "person", "aliases": ["B", {}]}""", "aliases[1] is an object; a text is expected."),
        Json("a vertical tab", """{"name": "A\u000bB", "kind": "person"}""", "U+000B"),
        Json("a form feed", """{"name": "A\fB", "kind": "person"}""", "U+000C"),
        Json("a backspace", """{"name": "A\bB", "kind": "person"}""", "U+0008"),
        Json("a control character", """{"name": "A\u0001B", "kind": "person"}""", "U+0001"),
        Json("U+FFFE", """{"name": "A\ufffeB", "kind": "person"}""", "U+FFFE"),
        Json("U+FFFF as it is", "{\"name\": \"A\uFFFFB\", \"kind\": \"person\"}", "U+FFFF"),
        Figure("a number too small to keep", "1e-400", "1e-400 cannot be kept exactly"),
        Figure("a number too large to keep", "1e400", "1e400 cannot be kept exactly"),
        Figure("a number with more digits than are kept", "0.12345678901234567890123456789012", "28 digits"),
        Figure("a number in quotation marks", "\"5\"", "without quotation marks"),
        Json("null in a list", """{"name": "A", "kind": "person", "aliases": [null]}""", "leave it out"),
        Json("a text for a boolean", """{"name": "A", "kind": "person", "enrolled": "yes"}""", "/openapi/v1.json"),
        Json("an escaped NUL", """{"name": "A\u0000B", "kind": "person"}""", "leave it out"),
        Json("an escaped lone surrogate", """{"name": "A\ud800B", "kind": "person"}""", "whole characters"),
        Json("a lone surrogate in a name", """{"\udc00": "A", "kind": "person"}""", "whole characters"),
        Json("JSON nested too deep", new string('[', 100) + new string(']', 100), "/openapi/v1.json"),
        Json("bytes that are no UTF-8", """{"name": "Genève", "kind": "place"}""", "not valid UTF-8") with { Encoding = Encoding.Latin1 },
        Post("plain text", Parties, Good, 415, "unsupported-media-type", "application/json") with { ContentType = "text/plain" },
        Post("no content type", Parties, Good, 415, "unsupported-media-type", "application/json") with { ContentType = null },
        Post("another charset", Parties, Good, 415, "unsupported-media-type", "UTF-8") with { ContentType = "application/json; charset=utf-16" },
        Post("a compressed body", Parties, Good, 415, "unsupported-media-type", "Content-Encoding") with { Headers = [("Content-Encoding", "gzip")] },
        Post("a form", Parties, "name=A", 415, "unsupported-media-type", "application/json") with { ContentType = "application/x-www-form-urlencoded" },
        Post("a body of 2 MB", Parties, Long(2_000_000), 413, "too-large", "1000000 bytes"),
        Post("a body of 20 MB", Parties, Long(20_000_000), 413, "too-large", "1000000 bytes"),
        Post("a body of 1.2 MB without a length", Parties, Long(1_200_000), 413, "too-large", "1000000 bytes") with { Chunked = true },
        Post("an unknown query parameter on a write", Parties + "?dryRun=true", Good, 400, "unknown-parameter", "dryRun"),

        Post("an empty name", Parties, """{"name": "", "kind": "person"}""", 400, "invalid", "not blank"),
        Post("a blank name", Parties, """{"name": " \t", "kind": "person"}""", 400, "invalid", "not blank"),
        Post("an over-long name", Parties, $$"""{"name": "{{new string('n', 2_001)}}", "kind": "person"}""", 400, "invalid", "shorten it"),
        Post("an over-long alias", Parties, $$"""{"name": "A", "kind": "person", "aliases": ["{{new string('n', 2_001)}}"]}""", 400, "invalid", "shorten it"),
        Post("65 aliases", Parties, $$"""{"name": "A", "kind": "person", "aliases": [{{string.Join(',', Enumerable.Repeat("\"a\"", 65))}}]}""", 400, "invalid", "64 items"),
        Post("an id with capitals", Parties, Good.Replace("new-party", "New-Party", StringComparison.Ordinal), 400, "invalid", "lower-case"),
        Post("an id of one character", Parties, Good.Replace("new-party", "n", StringComparison.Ordinal), 400, "invalid", "[a-z0-9]"),
        Post("an id of 81 characters", Parties, Good.Replace("new-party", new string('n', 81), StringComparison.Ordinal), 400, "invalid", "[a-z0-9]"),
        Post("an empty id", Parties, Good.Replace("new-party", "", StringComparison.Ordinal), 400, "invalid", "[a-z0-9]"),
        Post("an id that is taken", Parties, Good.Replace("new-party", "ministry", StringComparison.Ordinal), 409, "id-taken", "PUT"),
        new("another id in the body than in the path", "PUT", "/v1/parties/ministry", Good, 400, "invalid", "leave it out"),
        new("a path that is no id", "PUT", "/v1/parties/The%20Ministry", """{"name": "A", "kind": "b"}""", 400, "invalid", "[a-z0-9]"),

        Post("an empty idempotency key", Parties, Good, 400, "invalid-idempotency-key", "1 to 255") with { Headers = [("Idempotency-Key", "\"\"")] },
        Post("an over-long idempotency key", Parties, Good, 400, "invalid-idempotency-key", "1 to 255")
            with { Headers = [("Idempotency-Key", $"\"{new string('k', 256)}\"")] },
        Post("two idempotency keys", Parties, Good, 400, "invalid-idempotency-key", "one string")
            with { Headers = [("Idempotency-Key", "\"a\""), ("Idempotency-Key", "\"b\"")] },
        Post("an idempotency key without its second quote", Parties, Good, 400, "invalid-idempotency-key", "one string") with { Headers = [("Idempotency-Key", "\"a")] },
        Post("an If-Match that is no version", Parties, Good, 400, "invalid-if-match", "ETag") with { Headers = [("If-Match", "\"abc\"")] },
        Post("an If-Match of a stale version", "/v1/assertions/c1/denials", BadCommands.Denial, 412, "stale", "read it again")
            with { Headers = [("If-Match", "\"1\"")] },
        Post("an If-Match of a version to come", "/v1/assertions/c1/denials", BadCommands.Denial, 412, "stale", "read it again")
            with { Headers = [("If-Match", "\"99\"")] },

        Post("no key", Parties, Good, 401, "unauthorized", "Bearer") with { Headers = [("Authorization", "")] },
        Post("a wrong key", Parties, Good, 401, "unauthorized", "Bearer") with { Headers = [("Authorization", "Bearer guessed")] },
        Post("another scheme", Parties, Good, 401, "unauthorized", "Bearer") with { Headers = [("Authorization", "Basic YTpi")] },
        Post("a route that is not there", "/v1/nothing", Good, 404, "not-found", "/openapi/v1.json"),
        new("a method that is not there", "DELETE", "/v1/assertions/c1", null, 405, "method-not-allowed", "Allow"),
        Post("a write to a reading route", "/v1/assertions/c1", Good, 405, "method-not-allowed", "Allow"),
    ];

    private static BadCall Json(string name, string body, string says) => Post(name, Parties, body, 400, "invalid-json", says);

    private static BadCall Figure(string name, string value, string says) => Post(name, "/v1/assertions",
        $$"""{"source": {"id": "report", "version": 1}, "part": "body", "proposition": "So many", "figures": [{"name": "n", "value": {{value}}}]}""", 400, "invalid-json", says);

    private static string Long(int bytes) => $$"""{"name": "{{new string('x', bytes)}}", "kind": "person"}""";
}
