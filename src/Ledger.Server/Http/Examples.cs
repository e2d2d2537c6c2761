using Ledger.Domain;

namespace Ledger.Server;

/// <summary>An example of every body, shown in the description of the API and sent by a test, so that none goes stale.</summary>
internal static class Examples
{
    internal static IReadOnlyDictionary<Type, string> All { get; } = new Dictionary<Type, string>
    {
        [typeof(RecordParty)] = """{"id": "russia-mfa", "name": "Ministry of Foreign Affairs of the Russian Federation", "kind": "government", "aliases": ["foreign ministry"]}""",
        [typeof(RegisterSource)] = """{"id": "telegraph-print", "kind": "report", "title": "Report on work permits, print edition", "publisher": "the-telegraph", "language": "en", "timeZone": "Europe/London"}""",
        [typeof(CaptureVersion)] = """{"edition": "print", "publishedAt": "2018-08-04", "seen": true, "basedOn": [{"source": "telegraph-online", "version": "unseen", "kind": "edition", "basis": "inferred"}]}""",
        [typeof(RecordClaim)] = """
            {"id": "t06", "proposition": "Firms may hire 1,237 North Koreans in the Amur region", "source": {"id": "telegraph-print", "version": 1}, "part": "body",
             "attribution": [{"party": "russia-labour-ministry", "role": "originator"}, {"party": "the-telegraph", "role": "publisher"}],
             "figures": [{"name": "workers", "value": 1237, "op": "=", "unit": "people"}], "scope": {"place": "Amur region"}, "topics": ["work permits"]}
            """,
        [typeof(AttachEvidence)] = """{"sourceVersion": 1, "selector": {"type": "TextQuoteSelector", "exact": "1,237", "prefix": "hire "}}""",
        [typeof(AddLink)] = """{"to": "t06", "relation": "derivedFrom", "basis": "stated", "differences": [{"field": "scope.place", "theirs": "Amur region", "ours": null}], "via": {"source": "telegraph-online", "version": "unseen"}}""",
        [typeof(DenyAssertion)] = """{"party": "russia-mfa", "statement": "Russia does not violate the resolution", "contests": "whole", "ground": "The contracts were signed before 11 September", "publishedAt": "2018-08-03", "source": {"id": "telegraph-print", "version": 1}}""",
        [typeof(TakePosition)] = """{"party": "russia-mfa", "stance": "concedes", "statement": "Permits are given", "source": {"id": "telegraph-print", "version": 1}}""",
        [typeof(IssueNotice)] = """
            {"publisher": "the-telegraph", "kind": "correction", "text": "An earlier version gave another number of workers.", "url": "https://example.org/corrections/1",
             "reason": "misread list", "items": [{"assertion": "t06", "changes": [{"field": "figures/workers", "before": 1237, "after": 1200}]}]}
            """,
        [typeof(SingleNotice)] = """{"publisher": "the-telegraph", "text": "An earlier version gave another number of workers.", "url": "https://example.org/corrections/1", "reason": "misread list", "changes": [{"field": "figures/workers", "before": 1237, "after": 1200}]}""",
        [typeof(RequestAction)] = """{"requester": "russia-mfa", "kind": "correction", "text": "Please correct the number of workers", "deadline": "2018-09-01"}""",
        [typeof(AnswerAction)] = """{"request": "01890a5d-ac96-774b-bcce-b302099a8057", "by": "the-telegraph", "outcome": "declined", "note": "We stand by it"}""",
        [typeof(AmendEntry)] = """{"field": "scope.place", "before": "Amur region", "after": "Amur Oblast", "reason": "spelling of the entry"}""",
        [typeof(WithdrawEvent)] = """{"reason": "lifted by the recorder", "citation": "https://example.org/statement"}""",
        [typeof(RestrictAccess)] = """{"assertion": "t06", "reason": "embargo", "until": "2030-01-01"}""",
        [typeof(RecordRetelling)] = """{"publisher": "daily-caller", "url": "https://example.org/retold", "title": "The report, run again", "publishedAt": "2018-08-05", "of": ["t06"]}""",
        [typeof(NewErasure)] = """{"assertion": "t06", "fields": ["proposition"], "legalBasis": "request of the person concerned"}""",
        [typeof(NewKey)] = """{"name": "Telegraph corrections desk", "scopes": ["read", "correct"], "party": "the-telegraph", "expires": "2030-01-01T00:00:00Z"}""",
        [typeof(KeyRotation)] = """{"overlapS": 86400}""",
        [typeof(CreateSubscription)] = """
            {"name": "desk", "delivery": {"kind": "webhook", "url": "https://example.org/hooks/ledger"},
             "filter": {"types": ["denial_recorded", "correction_issued"], "publishers": ["the-telegraph"]}, "from": "now"}
            """,
        [typeof(ReplaySubscription)] = """{"from": 1, "to": 10}""",
    };

    /// <summary>A notice that retracts or doubts the whole assertion changes no field.</summary>
    private const string WholeNotice = """{"publisher": "the-telegraph", "text": "The report did not meet our standards.", "url": "https://example.org/corrections/2", "reason": "source not confirmed"}""";

    internal static string? Of(Type body) => All.GetValueOrDefault(body);

    /// <summary>The example of a body on a route.</summary>
    internal static string? Of(Type body, string path) =>
        body == typeof(SingleNotice) && !path.EndsWith("/corrections", StringComparison.Ordinal) ? WholeNotice : Of(body);
}
