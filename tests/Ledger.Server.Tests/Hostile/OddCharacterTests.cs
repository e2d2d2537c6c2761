using System.Text;
using System.Text.Json.Nodes;
using Ledger.Testing;

namespace Ledger.Server.Tests.Hostile;

/// <summary>Every odd character in every text of every write; then everything is read in every format.</summary>
public sealed class OddCharacterTests
{
    /// <summary>Characters that no text format can carry, as JSON escapes. They are refused everywhere.</summary>
    private static readonly string[] Refused =
        [.. Enumerable.Range(0, 0x20).Where(c => c is not (0x9 or 0xA or 0xD)).Select(c => $"\\u{c:x4}"), "\\ufffe", "\\uffff", "\\ud800", "\\udfff", "\\udc00\\ud800"];

    /// <summary>A seventh of them in each field but a route's first; <c>LEDGER_ODD_LONG</c>, set to any value: all of them in every field.</summary>
    private static readonly int Parts = Environment.GetEnvironmentVariable("LEDGER_ODD_LONG") is null ? 7 : 1;

    /// <summary>
    /// Odd characters that are still text: DEL and the C1 controls, marks of direction, zero-width characters, line and paragraph separators, a byte order mark, characters that are
    /// none in Unicode but are in XML, tags, letters outside the first plane, combining marks, markup, quotes, and text that a spreadsheet takes for a formula.
    /// </summary>
    private const string Odd = "\u007F\u0080\u0085\u009F\u00A0\u00AD\u061C\u200B\u200C\u200D\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2060\u2066\u2067\u2068\u2069"
        + "\uFEFF\uFFF9\uFFFD\uFDD0\U0001FFFE\U0010FFFF\U000E0041\U0001F468\u200D\U0001F469\u200D\U0001F467\U0001F1EB\U0001F1F7e\u0301\u0301\u0301\u0340\uE000"
        + "\t\r\n<b>&amp;]]>\"'\\;,=1+1{{x}}%00%{0}";

    [Fact]
    public async Task No_odd_character_in_any_text_breaks_any_read()
    {
        await using var ledger = await RunningLedger.StartAsync(settings: ApiWorld.Settings);
        var world = await ApiWorld.RecordAsync(ledger);
        var taken = new HashSet<string>();
        var fieldsOf = new HashSet<string>();
        var fields = 0;
        foreach (var operation in world.Operations.Where(o => o.Example is not null))
        {
            var schema = operation.Content.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
            var (samplePath, sample) = await world.FreshAsync(operation);
            foreach (var (field, set) in TextFields.Of(world.Description, schema, sample, text => text + "MARK"))
            {
                // All are tried in one field of each route, and some of them in each other field. That is enough because they are refused when the body is read, before any field is examined.
                var isFirst = !fieldsOf.Contains(operation.ToString());
                await RefusesAsync(ledger, operation, samplePath, sample, field, set, isFirst ? Refused : Refused.Where((_, i) => i % Parts == fields % Parts));
                fieldsOf.Add(operation.ToString());
                fields++;
                var (path, body) = await world.FreshAsync(operation);
                set(body);
                if (await SendAsync(ledger, operation, path, body.ToJsonString().Replace("MARK", System.Text.Json.JsonEncodedText.Encode(Odd).ToString(), StringComparison.Ordinal)) is < 300)
                {
                    taken.Add($"{world.Count:d5}");
                }
            }
        }

        fields.ShouldBeGreaterThan(150);
        taken.Count.ShouldBeGreaterThan(60);
        await ledger.SettleAsync();
        await EveryFormat.ReadAllAsync(ledger, id => id.Length < 5 || taken.Contains(id[1..]) || id.Length > 6);
    }

    private static async Task RefusesAsync(RunningLedger ledger, ApiOperation operation, string path, JsonNode sample, string field, Action<JsonNode> set, IEnumerable<string> characters)
    {
        var body = sample.DeepClone();
        set(body);
        var text = body.ToJsonString();
        var head = await ledger.Store.HeadAsync();
        await Parallel.ForEachAsync(characters, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (character, _) =>
            (await SendAsync(ledger, operation, path, text.Replace("MARK", character, StringComparison.Ordinal))).ShouldBe(400, $"{operation} {field} {character}"));
        (await ledger.Store.HeadAsync()).ShouldBe(head, $"{operation} {field}");
    }

    private static async Task<int> SendAsync(RunningLedger ledger, ApiOperation operation, string path, string json)
    {
        using var request = new HttpRequestMessage(new(operation.Method.ToUpperInvariant()), path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await ledger.Http.SendAsync(request);
        var status = (int)response.StatusCode;
        status.ShouldBeLessThan(500, $"{operation}: {json}");
        return status;
    }
}
