using Ledger.Domain;

namespace Ledger.Server;

/// <summary>An error as the client sees it (RFC 9457): a stable code, and a detail that says what to do.</summary>
internal sealed record Problem(int Status, string Code, string Title, string Detail)
{
    /// <summary>The offending fields, each with what is wrong with it.</summary>
    public IReadOnlyList<(string Field, string Message)> Errors { get; init; } = [];

    /// <summary>Seconds after which trying again makes sense.</summary>
    public int? RetryAfterS { get; init; }

    /// <summary>Further members of the problem document.</summary>
    public IReadOnlyDictionary<string, object?> Members { get; init; } = new Dictionary<string, object?>();

    internal static Problem BadRequest(string code, string detail, string? field = null) => new(400, code, "The request is not valid", detail)
    {
        Errors = field is null ? [] : [(field, detail)],
    };

    internal static Problem NotFound(string detail) => new(404, "not-found", "Nothing is recorded there", detail);

    internal static Problem Restricted(string detail) => new(451, "restricted", "Access is restricted", detail);

    /// <summary>Makes a problem from a refusal of the domain. This is the only place that maps the domain's codes to HTTP.</summary>
    internal static Problem Of(Refusal refusal)
    {
        var (status, code, title) = refusal.Code switch
        {
            RefusalCode.Invalid => (400, "invalid", "The request is not valid"),
            RefusalCode.NotFound => (404, "not-found", "Nothing is recorded there"),
            RefusalCode.UnknownReference => (400, "unknown-reference", "The request names something that was never recorded"),
            RefusalCode.IdTaken => (409, "id-taken", "The id is taken"),
            RefusalCode.StaleBefore => (409, "stale-before", "The value before is not the current one"),
            RefusalCode.NotThePublisher => (403, "not-the-publisher", "Only the publisher may do this"),
            RefusalCode.NotTheParty => (403, "not-the-party", "Only the party behind the event may do this"),
            RefusalCode.BoundToAnotherParty => (403, "bound-to-another-party", "The key acts for another party"),
            RefusalCode.CitationMissing => (400, "citation-missing", "A source or a citation is needed"),
            RefusalCode.Retracted => (409, "retracted", "The assertion is retracted"),
            RefusalCode.NotOpen => (409, "not-open", "There is nothing open to act on"),
            RefusalCode.Cycle => (409, "cycle", "The link would close a cycle"),
            RefusalCode.NotYetPublished => (400, "not-yet-published", "The publication lies in the future"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return new(status, code, title, refusal.Detail)
        {
            Errors = refusal.Others.Count > 0 ? refusal.Others : refusal.Field is { } field ? [(field, refusal.Detail)] : [],
            Members = refusal.Code == RefusalCode.StaleBefore ? new Dictionary<string, object?> { ["current"] = refusal.Current } : new Dictionary<string, object?>(),
        };
    }
}

/// <summary>Ends a request with a problem; caught in one place, at the edge.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
