using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Server.Tests.Hostile;

/// <summary>Makes requests that are almost right out of the description of the API; the same seed makes the same requests.</summary>
internal sealed class Fuzzing(ApiWorld world, Random random)
{
    private static readonly string[] OddTexts =
        ["", " ", "\u0000", "\u202Ex", "-1", "0", "99999999999999999999", "1e999", "NaN", "null", "../../etc/passwd", "%00", "%FF", "'; drop table mt_events; --", "<script>", "{}", "\"", "\\", "a,b,c", "unseen", "2018-08-04",
         "9999-12-31", "2018-02-30", "now", "t06", "telegraph-print", "figures/workers", "scope.place", new('x', 3_000), new('9', 400), "\U0001F468\u200D\U0001F469", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999+14:00"];

    /// <summary>As they stand in JSON; some are none.</summary>
    private static readonly string[] OddValues =
        ["null", "true", "-1", "0", "1e400", "1e-400", "2147483648", "9223372036854775808", "0.1", "\"\"", "\"x\"", "\"2018-08-04\"", "[]", "{}", "[null]", "[[[[[[]]]]]]", "{\"value\": 5}", "{\"a\": {\"a\": {\"a\": 1}}}", "01", "tru", "\"\\ud800\"", "\"\\u0001\"",
         "[\"a\", \"a\"]", "\"01890a5d-ac96-774b-bcce-b302099a8057\"", "1234567890123456789012345678901234567890"];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept", ["*/*", "text/html", "application/json;q=0", "application/ld+json", "application/prov+json", "text/csv", ";;;", "a/b/c", "*/*;q=2"]),
        ("Accept-Encoding", ["br", "gzip", "identity;q=0", "*;q=0", "x"]),
        ("If-Match", ["\"1\"", "\"0\"", "*", "W/\"1\"", "x", "\"99999999999999999999\"", "\"-1\""]),
        ("If-None-Match", ["*", "\"1\"", "W/\"x\"", "x", "\"a\", \"b\"", ","]),
        ("Idempotency-Key", ["\"a\"", "b", "\"\"", "\"", "\"a\";x=1", "1", "é", "\"a\", \"b\""]),
        ("Last-Event-ID", ["0", "-1", "x", "99999999999999999999"]),
        ("Accept-Datetime", ["Sat, 04 Aug 2018 00:00:00 GMT", "x", "", "Sat, 04 Aug 9999 00:00:00 GMT"]),
        ("Range", ["bytes=0-1", "bytes=-1", "x"]),
        ("Origin", ["https://elsewhere.example", "null"]),
        ("traceparent", ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "x", "00-0-0-0"]),
        ("X-Forwarded-For", ["x"]),
        ("Expect", ["100-continue"]),
    ];

    private static readonly string?[] Types = ["application/json; charset=utf-8", "application/problem+json", "text/plain", "application/x-ndjson", "multipart/form-data; boundary=x", "x", null];

    internal HttpRequestMessage Next()
    {
        var operation = Pick(world.Operations);
        var method = Chance(20) ? Pick(new[] { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE" }) : operation.Method.ToUpperInvariant();
        var request = new HttpRequestMessage(new(method), new Uri(Path(operation), UriKind.Relative));
        if (operation.Example is { } example && method is not ("GET" or "HEAD" or "TRACE"))
        {
            var bytes = Body(example);
            request.Content = new ByteArrayContent(bytes);
            request.Content.Headers.ContentType = Chance(15) ? Pick(Types) is { } type && MediaTypeHeaderValue.TryParse(type, out var odd) ? odd : null : new("application/json");
        }

        for (; Chance(3);)
        {
            var (name, values) = Pick(Headers);
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, Pick(values));
        }

        return request;
    }

    private string Path(ApiOperation operation)
    {
        var path = world.Fill(operation.Path, Chance(6) ? Uri.EscapeDataString(Pick(OddTexts) is { Length: > 0 } text ? text : "x") : null);
        var query = new StringBuilder();
        foreach (var parameter in operation.Parameters("query").Where(_ => Chance(2)))
        {
            Add(parameter.GetProperty("name").GetString()!, parameter.GetProperty("schema"));
        }

        if (Chance(20))
        {
            Add(Pick(OddTexts), default);
        }

        return path + query;

        void Add(string name, JsonElement schema)
        {
            var value = Chance(2) && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("enum", out var words) ? Pick(words.EnumerateArray().ToList()).GetString()!
                : Chance(3) ? random.Next(-1, 40).ToString(CultureInfo.InvariantCulture) : Pick(OddTexts);
            value = name == "wait" ? Pick(["0s", "1s", "x", "-1s", "99h"]) : value; // The server really waits when it accepts a wait.
            query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Chance(20) ? value.Replace('\0', '?') : Uri.EscapeDataString(value));
        }
    }

    private byte[] Body(JsonElement example)
    {
        var node = JsonNode.Parse(example.GetRawText())!;
        if (node["id"] is not null && Chance(2))
        {
            node["id"] = $"z{random.Next(1_000_000)}";
        }

        const string Hole = "HOLE-OF-THE-FUZZ";
        var changes = random.Next(0, 3);
        for (var i = 0; i < changes; i++)
        {
            Change(node, Hole);
        }

        var text = node.ToJsonString().Replace($"\"{Hole}\"", Pick(OddValues), StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (Chance(12))
        {
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
        }

        return Chance(25) ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    /// <summary>Changes one member at a random place: another value, no value, an additional member, or an odd text.</summary>
    private void Change(JsonNode root, string hole)
    {
        var objects = Objects(root).ToList();
        var target = Pick(objects);
        var names = target.Select(p => p.Key).ToList();
        var name = names.Count == 0 || Chance(10) ? Pick(new[] { "references", "publishedAt", "occurredAt", "onBehalfOf", "citation", "source", "items", "$type", "__proto__", "Id" }) : Pick(names);
        switch (random.Next(4))
        {
            case 0:
                target.Remove(name);
                break;
            case 1:
                target[name] = Pick(OddTexts);
                break;
            default:
                target[name] = hole;
                break;
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject given => [given, .. given.SelectMany(p => Objects(p.Value))],
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;
}
