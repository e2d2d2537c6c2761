namespace Ledger.Domain.Tests.Storing;

/// <summary>
/// One stored event of each type, every field filled: what the log holds, property for property. They are never edited: a changed shape is a
/// new type with an upcaster, and the old example stays.
/// </summary>
internal static class StoredEvents
{
    private const string Day = """{"value":"2018-08-03","basis":"stated","from":"2018-08-02T23:00:00.000000Z","to":"2018-08-03T23:00:00.000000Z"}""";

    private const string Notice = """{"id":"n1","text":"An earlier version gave a wrong figure.","url":"https://example.org/n1"}""";

    private const string Times = $""" "occurredAt":{Day},"publishedAt":{Day} """;

    private const string Ground = """ "source":{"id":"telegraph-print","version":1},"citation":"Print edition, page 2." """;

    /// <summary>The stored data by stored type name.</summary>
    internal static IReadOnlyDictionary<string, string> ByType { get; } = new Dictionary<string, string>
    {
        ["party_recorded"] = $$"""{"name":"Ministry of Foreign Affairs of Russia","kind":"ministry","aliases":["МИД"],"enrolled":true,{{Times}}}""",
        ["source_registered"] = $$"""
            {"kind":"article","title":"Work permits","publisher":"the-telegraph","url":"https://example.org/permits",
             "identifiers":["doi:10.1/x"],"language":"en","timeZone":"Europe/London",{{Times}}}
            """,
        ["version_captured"] = $$"""
            {"version":2,"edition":"online","seen":true,"sha256":"9d63c3b5b7623d1fa3dc7fd1547313b9546c6d0fbbb6773a420613b7a17995c8",
             "lengthCodePoints":7,"paragraphs":[{"start":0,"length":7,"sha256":"9d63c3b5b7623d1fa3dc7fd1547313b9546c6d0fbbb6773a420613b7a17995c8"}],
             "text":"Permits","url":"https://example.org/permits",
             "basedOn":[{"source":"telegraph-online","version":"unseen","kind":"edition","basis":"inferred"}],"note":"Seen in the archive.",
             "evidence":[{"assertion":"t06","evidence":"00000003-0000-7000-8000-000000000001","found":false}],{{Times}}}
            """,
        ["claim_recorded"] = $$"""
            {"proposition":"Firms may hire 1,237 North Koreans in the Amur region.","source":{"id":"telegraph-print","version":1},
             "publisher":"the-telegraph","part":"headline",
             "attribution":[{"description":"documents","role":"originator"},{"party":"the-telegraph","role":"publisher"}],
             "figures":[{"name":"workers","value":1237,"op":"≥","unit":"people"}],"scope":{"place":"Amur region","from":{{Day}},"to":{{Day}}},
             "modality":"hedged","language":"en","topics":["labour"],{{Times}}}
            """,
        ["evidence_attached"] = $$"""
            {"sourceVersion":{"id":"telegraph-print","version":1},"sha256":"9d63c3b5b7623d1fa3dc7fd1547313b9546c6d0fbbb6773a420613b7a17995c8",
             "selector":{"type":"TextQuoteSelector","exact":"1,237","prefix":"up to ","suffix":" workers"},{{Times}}}
            """,
        ["linked"] = $$"""
            {"to":"t05","relation":"supersedes","basis":"inferred",
             "differences":[{"field":"figures/workers","theirs":1237,"ours":1273},{"field":"scope.place","theirs":"Amur region"}],
             "via":{"source":"telegraph-online","version":"unseen"},"because":"wasWrong","linkedBy":"c4ads","supersededBy":"t06b",
             "counterpart":"00000029-0000-7000-8000-000000000001",{{Times}}}
            """,
        ["denial_recorded"] = $$"""
            {"party":"russia-mfa","statement":"No such permits were given.","contests":{"part":"the figure"},"concedes":"That permits are given.",
             "ground":"Earlier contracts.","condition":"If this year is meant.",{{Ground}},"statedIn":"t18",
             "reaffirms":"00000002-0000-7000-8000-000000000001",{{Times}}}
            """,
        ["position_recorded"] = $$"""
            {"party":"c4ads","stance":"noComment","statement":"We say nothing.","ground":"Own count.","independence":"sameOrigin",
             "rating":"Half true","url":"https://example.org/review",{{Ground}},{{Times}}}
            """,
        ["correction_issued"] = $$"""
            {"notice":{{Notice}},"publisher":"the-telegraph","kind":"clarification","materiality":"minor",
             "changes":[{"field":"figures/workers","before":1237,"after":1273},{"field":"scope.from","after":{{Day}}}],
             "reason":"Reader's letter.","corrects":"n0",{{Ground}},{{Times}}}
            """,
        ["retraction_issued"] = $$"""
            {"notice":{{Notice}},"publisher":"the-telegraph","extent":"partial","reason":"Reader's letter.","corrects":"n0",{{Ground}},{{Times}}}
            """,
        ["concern_expressed"] = $$"""{"notice":{{Notice}},"publisher":"the-telegraph","reason":"Reader's letter.",{{Ground}},{{Times}}}""",
        ["action_requested"] = $$"""{"requester":"russia-mfa","kind":"review","text":"Please look again.","deadline":{{Day}},{{Times}}}""",
        ["action_answered"] = $$"""
            {"request":"00000002-0000-7000-8000-000000000001","upstream":102,"by":"the-telegraph","outcome":"declined","note":"We stand by it.",{{Times}}}
            """,
        ["upstream_changed"] = $$"""
            {"upstream":"t05","cause":41,"causeType":"correction_issued","causeId":"00000029-0000-7000-8000-000000000001",
             "fields":["figures/workers"],"basis":"inferred","path":["t05b","t05"],"order":"after","awaitsAnswer":true,
             "closes":["00000028-0000-7000-8000-000000000001"],{{Times}}}
            """,
        ["withdrawn"] = $$"""
            {"event":"00000002-0000-7000-8000-000000000001","eventType":"denial_recorded","party":"russia-mfa","reason":"Said in error.",
             {{Ground}},{{Times}}}
            """,
        ["entry_amended"] = $$"""{"field":"topics","before":[],"after":["labour"],"reason":"Left out.",{{Times}}}""",
        ["access_restricted"] = $$"""{"reason":"embargo","until":{{Day}},{{Times}}}""",
        ["key_made"] = $$"""{"scopes":["record"],"party":"the-telegraph","expires":"2027-01-01T00:00:00.000000Z",{{Times}}}""",
        ["key_rotated"] = $$"""{"formerUntil":"2026-12-01T00:00:00.000000Z",{{Times}}}""",
        ["key_revoked"] = $$"""{{{Times}}}""",
        ["access_refused"] = $$"""
            {"from":"2026-11-28T12:00:00.000000Z","to":"2026-11-28T12:01:00.000000Z",
             "requests":[{"reason":"revokedKey","principal":"key-0123456789abcdef","count":7},{"reason":"noKey","count":1}],{{Times}}}
            """,
        ["payload_erased"] = $$"""
            {"positions":[41,42],"fields":["statement"],"tagsOf":[42],"legalBasis":"GDPR Art. 17","approvers":["key-desk","key-counsel"],{{Times}}}
            """,
    };

    /// <summary>The events themselves.</summary>
    internal static IEnumerable<LedgerEvent> All => ByType.Select(x => EventTypes.Deserialize(x.Key, x.Value));
}
