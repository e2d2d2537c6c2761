namespace Ledger.Server.Tests;

/// <summary>What each endpoint needs, written down a second time by hand: a route that is missing here, or that no longer exists, fails the test.</summary>
internal static class AccessTable
{
    /// <summary>For callers who send no key or a valid one.</summary>
    internal const string Open = "open";

    /// <summary>For callers with a session of the desk. A key or token is not a session, so every other caller is sent to sign in.</summary>
    internal const string Desk = "desk";

    /// <summary>Open too, but a form: a request that does not come from a page of the desk is refused.</summary>
    internal const string Form = "form";

    internal static IReadOnlyDictionary<string, string> ScopeOf { get; } = Lines("""
        read: GET /
        read: GET /assertions
        read: GET /assertions/{id}
        read: GET /sources/{id}
        read: GET /sources/{id}/comparison
        read: GET /parties/{id}
        read: GET /on
        read: GET /docs
        read: GET /badge/assertions/{id}.svg
        read: GET /badge/sources/{id}.svg
        read: GET /embed/assertions/{id}
        open: GET /assets/{file}
        open: GET /health/live
        open: GET /health/ready
        open: GET /openapi/{documentName}.json
        read: GET /feeds/corrections.atom
        read: GET /feeds/corrections.json
        read: GET /log/checkpoint
        read: GET /log/events/{tile}
        read: GET /log/key
        read: GET /log/tile/entries/{**path}
        read: GET /log/tile/{**path}
        read: GET /memento/{second}/assertions/{id}
        read: GET /memento/{second}/sources/{id}
        read: GET /timegate/assertions/{id}
        read: GET /timegate/sources/{id}
        read: GET /timemap/assertions/{id}
        read: GET /timemap/sources/{id}
        read: GET /v1/assertions
        read: GET /v1/assertions/{id}
        read: GET /v1/assertions/{id}/diff
        read: GET /v1/assertions/{id}/history
        read: GET /v1/assertions/{id}/provenance
        audit: GET /v1/audit
        read: GET /v1/certificates
        read: GET /v1/changes
        audit: GET /v1/erasures
        audit: GET /v1/erasures/{id:guid}
        read: GET /v1/events
        read: GET /v1/events/stream
        read: GET /v1/export
        admin: GET /v1/keys
        admin: GET /v1/keys/{id}
        read: GET /v1/parties
        read: GET /v1/parties/{id}
        read: GET /v1/proofs/consistency
        read: GET /v1/proofs/{position:long}
        read: GET /v1/sources
        read: GET /v1/sources/{id}
        read: GET /v1/sources/{id}/comparison
        read: GET /v1/sources/{id}/versions
        read: GET /v1/status
        subscribe: GET /v1/subscriptions
        subscribe: GET /v1/subscriptions/{id}
        subscribe: GET /v1/subscriptions/{id}/deliveries
        read: GET /v1/unanswered
        record: POST /v1/assertions
        record: POST /v1/assertions/{id}/amendments
        record: POST /v1/assertions/{id}/answers
        correct: POST /v1/assertions/{id}/concerns
        correct: POST /v1/assertions/{id}/corrections
        record: POST /v1/assertions/{id}/denials
        record: POST /v1/assertions/{id}/evidence
        record: POST /v1/assertions/{id}/links
        record: POST /v1/assertions/{id}/positions
        record: POST /v1/assertions/{id}/requests
        correct: POST /v1/assertions/{id}/retraction
        erase:request: POST /v1/erasures
        erase:approve: POST /v1/erasures/{id:guid}/approval
        erase:approve: POST /v1/erasures/{id:guid}/rejection
        record: POST /v1/events/{eventId}/withdrawal
        record: POST /v1/import
        admin: POST /v1/keys
        admin: POST /v1/keys/{id}/rotation
        admin: DELETE /v1/keys/{id}
        correct: POST /v1/notices
        record: POST /v1/parties
        record: PUT /v1/parties/{id}
        record: POST /v1/restrictions
        record: POST /v1/retellings
        record: POST /v1/sources
        record: POST /v1/sources/{id}/links
        record: POST /v1/sources/{id}/versions
        subscribe: POST /v1/subscriptions
        subscribe: DELETE /v1/subscriptions/{id}
        subscribe: POST /v1/subscriptions/{id}/deliveries/{position}/retry
        subscribe: POST /v1/subscriptions/{id}/deliveries/{position}/skip
        subscribe: POST /v1/subscriptions/{id}/pause
        subscribe: POST /v1/subscriptions/{id}/replay
        subscribe: POST /v1/subscriptions/{id}/resume
        subscribe: POST /v1/subscriptions/{id}/secret/rotation
        subscribe: POST /v1/subscriptions/{id}/test
        desk: GET /desk
        desk: GET /desk/answers
        desk: GET /desk/assertions/{id}
        desk: GET /desk/erasures
        desk: POST /desk/erasures/{id:guid}/approval
        desk: POST /desk/erasures/{id:guid}/rejection
        desk: GET /desk/find
        desk: GET /desk/keys
        desk: POST /desk/keys
        desk: POST /desk/keys/{id}/revocation
        desk: POST /desk/keys/{id}/rotation
        desk: GET /desk/notices
        desk: GET /desk/notices/new
        desk: POST /desk/notices/new
        desk: GET /desk/notices/{id:guid}
        desk: POST /desk/notices/{id:guid}/approval
        desk: POST /desk/notices/{id:guid}/rejection
        desk: GET /desk/record/{form}
        desk: POST /desk/record/{form}
        desk: GET /desk/recorded/{position:long}
        open: GET /desk/sign-in
        open: GET /desk/sign-in/provider
        form: POST /desk/sign-in
        desk: POST /desk/sign-out
        desk: GET /desk/sources/{id}
        desk: GET /desk/subscriptions
        desk: GET /desk/subscriptions/{id}
        desk: POST /desk/subscriptions/{id}/deliveries/{position:long}/retry
        desk: POST /desk/subscriptions/{id}/deliveries/{position:long}/skip
        """);

    /// <summary>The routes whose body names the party that speaks, each with a body in the name of the ministry.</summary>
    internal static IReadOnlyDictionary<string, string> SpeakingFor { get; } = new Dictionary<string, string>
    {
        ["POST /v1/assertions/{id}/denials"] = """{"party": "ministry", "statement": "No", "contests": "whole", "citation": "C"}""",
        ["POST /v1/assertions/{id}/positions"] = """{"party": "ministry", "stance": "disputes", "citation": "C"}""",
        ["POST /v1/assertions/{id}/requests"] = """{"requester": "ministry", "kind": "reply", "text": "Well?"}""",
        ["POST /v1/assertions/{id}/corrections"] = """{"publisher": "gazette", "text": "T", "reason": "R", "citation": "C", "changes": [{"field": "proposition", "before": "It is so", "after": "It was so"}]}""",
        ["POST /v1/assertions/{id}/concerns"] = """{"publisher": "gazette", "text": "T", "reason": "R", "citation": "C"}""",
        ["POST /v1/assertions/{id}/retraction"] = """{"publisher": "gazette", "text": "T", "reason": "R", "citation": "C"}""",
        ["POST /v1/notices"] = """{"publisher": "gazette", "kind": "concern", "text": "T", "reason": "R", "citation": "C", "items": [{"assertion": "c1"}]}""",
        ["PUT /v1/parties/{id}"] = """{"name": "Another", "kind": "publisher"}""",
        ["POST /v1/retellings"] = """{"publisher": "gazette", "url": "https://example.org/y", "title": "Again", "publishedAt": "2018-08-05", "of": ["c1"]}""",
    };

    private static Dictionary<string, string> Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.LastIndexOf(": ", StringComparison.Ordinal) is var at ? (Scope: line[..at], Route: line[(at + 2)..]) : default)
            .ToDictionary(line => line.Route, line => line.Scope, StringComparer.Ordinal);
}
