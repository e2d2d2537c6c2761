using static Ledger.Server.Tests.BadInput.BadCall;

namespace Ledger.Server.Tests.BadInput;

/// <summary>Notices, withdrawals and restrictions that a rule refuses.</summary>
internal static class BadNotices
{
    private const string C1 = "/v1/assertions/c1";
    private const string Fix = """[{"field": "figures/workers", "before": 1237, "after": 1200}]""";

    internal static IEnumerable<BadCall> All =>
    [
        Post("a notice over nothing", "/v1/notices", Notice("[]"), 400, "invalid", "at least one"),
        Post("a notice over an unknown assertion", "/v1/notices", Notice($$"""[{"assertion": "c99", "changes": {{Fix}}}]"""), 404, "not-found", "c99"),
        Post("a notice over an assertion twice", "/v1/notices", Notice($$"""[{"assertion": "c1", "changes": {{Fix}}}, {"assertion": "c1", "changes": {{Fix}}}]"""), 400, "invalid", "twice"),
        Post("a notice over 65 assertions", "/v1/notices",
            Notice($"[{string.Join(',', Enumerable.Range(0, 65).Select(n => $$"""{"assertion": "x{{n}}", "changes": {{Fix}}}"""))}]"), 400, "invalid", "64 items"),
        Post("a notice whose id is none", "/v1/notices", Notice($$"""[{"assertion": "c1", "changes": {{Fix}}}]""").Replace("\"publisher\"", "\"id\": \"N 1\", \"publisher\"", StringComparison.Ordinal), 400, "invalid", "[a-z0-9]"),
        Post("a correction of nothing", C1 + "/corrections", Correction("[]"), 400, "invalid", "which field"),
        Post("a correction of a stale value", C1 + "/corrections", Correction("""[{"field": "figures/workers", "before": 5, "after": 6}]"""), 409, "stale-before", "1237"),
        Post("a correction that changes nothing", C1 + "/corrections", Correction("""[{"field": "figures/workers", "before": 1237, "after": 1237.0}]"""), 400, "invalid", "leave the change out"),
        Post("a correction of a field that is none", C1 + "/corrections", Correction("""[{"field": "colour", "before": null, "after": "red"}]"""), 400, "invalid", "scope.place"),
        Post("a correction to a value that does not fit", C1 + "/corrections", Correction("""[{"field": "modality", "before": "asserted", "after": "certain"}]"""), 400, "invalid", "hedged"),
        Post("a correction by another than the publisher", C1 + "/corrections", Correction(Fix).Replace("gazette", "ministry", StringComparison.Ordinal), 403, "not-the-publisher", "deny"),
        Post("a correction of a notice that is none", C1 + "/corrections", Correction(Fix).Replace("\"reason\"", "\"corrects\": \"n-9\", \"reason\"", StringComparison.Ordinal), 400, "unknown-reference", "n-9"),
        Post("a correction without source, citation or address", C1 + "/corrections", Correction(Fix).Replace(", \"citation\": \"c\"", "", StringComparison.Ordinal), 400, "citation-missing", "citation"),
        Post("a retraction by the route of corrections", C1 + "/corrections", Correction(Fix).Replace("\"reason\"", "\"kind\": \"retraction\", \"reason\"", StringComparison.Ordinal), 400, "invalid", "clarification"),
        Post("a correction of what is retracted", "/v1/assertions/c3/corrections", Correction("""[{"field": "proposition", "before": "It is so", "after": "It was so"}]"""), 409, "retracted", "withdraw the retraction"),
        Post("a retraction with changes", C1 + "/retraction", Correction(Fix), 400, "invalid", "correction"),

        Withdrawal("withdrawal by another party", "{denial}", """{"party": "gazette", "reason": "r", "citation": "c"}""", 403, "not-the-party", "ministry"),
        Withdrawal("withdrawal of a denial without citation", "{denial}", """{"reason": "r"}""", 400, "citation-missing", "citation"),
        Withdrawal("withdrawal of a claim", "{claim}", """{"reason": "r", "citation": "c"}""", 409, "not-open", "only denials"),
        Withdrawal("withdrawal of a party's entry", "{party}", """{"reason": "r", "citation": "c"}""", 409, "not-open", "PUT"),
        Withdrawal("withdrawal of an unknown event", "01890a5d-ac96-774b-bcce-b302099a8057", """{"reason": "r", "citation": "c"}""", 404, "not-found", "history"),
        Withdrawal("withdrawal of what is no event id", "41", """{"reason": "r", "citation": "c"}""", 404, "not-found", "history"),
        Withdrawal("withdrawal without a reason", "{denial}", """{"citation": "c"}""", 400, "invalid-json", "reason"),

        Post("a restriction of nothing", "/v1/restrictions", """{"reason": "hold"}""", 400, "invalid", "either"),
        Post("a restriction of two things", "/v1/restrictions", """{"assertion": "c1", "source": "report", "reason": "hold"}""", 400, "invalid", "either"),
        Post("a restriction of an unknown assertion", "/v1/restrictions", """{"assertion": "c99", "reason": "hold"}""", 404, "not-found", "POST /v1/assertions"),
        Post("a restriction of what is no id", "/v1/restrictions", """{"assertion": "C 1", "reason": "hold"}""", 400, "invalid", "[a-z0-9]"),
        Post("a restriction that ended long ago", "/v1/restrictions", """{"assertion": "c1", "reason": "embargo", "until": "2001"}""", 400, "invalid", "a time to come"),
        Post("a restriction for no known reason", "/v1/restrictions", """{"assertion": "c1", "reason": "whim"}""", 400, "invalid-json", "/openapi/v1.json"),
    ];

    private static BadCall Withdrawal(string name, string id, string body, int status, string code, string says) =>
        Post(name, $"/v1/events/{id}/withdrawal", body, status, code, says);

    private static string Notice(string items) =>
        $$"""{"publisher": "gazette", "kind": "correction", "text": "We were wrong.", "reason": "r", "citation": "c", "items": {{items}}}""";

    private static string Correction(string changes) =>
        $$"""{"publisher": "gazette", "text": "We were wrong.", "reason": "r", "citation": "c", "changes": {{changes}}}""";
}
