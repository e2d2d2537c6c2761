using System.Text.Json.Serialization;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The body of the routes for a notice about one assertion: like a notice over several, but without items.</summary>
internal sealed record SingleNotice
{
    public string? Id { get; init; }

    public required string Publisher { get; init; }

    public NoticeKind? Kind { get; init; }

    public required string Text { get; init; }

    public string? Url { get; init; }

    public Materiality? Materiality { get; init; }

    public required string Reason { get; init; }

    public string? Corrects { get; init; }

    public IReadOnlyList<Change> Changes { get; init; } = [];

    public Extent? Extent { get; init; }

    public SourceVersion? Source { get; init; }

    public string? Citation { get; init; }

    public TimeInput? OccurredAt { get; init; }

    public TimeInput? PublishedAt { get; init; }

    public string? OnBehalfOf { get; init; }

    internal IssueNotice Over(string assertion, NoticeKind kind) => new()
    {
        Id = Id, Publisher = Publisher, Kind = kind, Text = Text, Url = Url, Materiality = Materiality, Reason = Reason, Corrects = Corrects,
        Items = [new() { Assertion = assertion, Changes = Changes, Extent = Extent }],
        Source = Source, Citation = Citation, OccurredAt = OccurredAt, PublishedAt = PublishedAt, OnBehalfOf = OnBehalfOf,
    };
}

/// <summary>Recording a publisher's notice: a correction, clarification, update, retraction or concern, over one assertion or several at once.</summary>
internal static class IssueNoticeRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapCommand<IssueNotice>("/v1/notices", "Record a notice over several assertions: all of it, or nothing", RecordAsync).RequireScope(Scopes.Correct);
        Single(routes, "corrections", "Record a correction, clarification or update", NoticeKind.Correction, NoticeKind.Clarification, NoticeKind.Update);
        Single(routes, "retraction", "Record a retraction", NoticeKind.Retraction);
        Single(routes, "concerns", "Record an expression of concern", NoticeKind.Concern);
    }

    private static void Single(IEndpointRouteBuilder routes, string path, string summary, params NoticeKind[] kinds) =>
        routes.MapCommand<SingleNotice>($"/v1/assertions/{{id}}/{path}", summary, (call, body) =>
        {
            var kind = body.Kind ?? kinds[0];
            Commands.RequireId(call.Route("id"));
            return kinds.Contains(kind)
                ? RecordSingleAsync(call, body.Over(call.Route("id"), kind))
                : throw new ProblemException(Problem.BadRequest("invalid", $"kind: this route takes {string.Join(", ", kinds.Select(k => k.ToString().ToLowerInvariant()))}.", "kind"));
        }).RequireScope(Scopes.Correct);

    /// <summary>Names the refused fields as they stand in a body without items: the prefix "items." is removed.</summary>
    private static async Task<Answer> RecordSingleAsync(CommandCall call, IssueNotice notice)
    {
        const string Items = "items.";
        try
        {
            return await RecordAsync(call, notice, single: true);
        }
        catch (ProblemException e) when (e.Problem.Errors.Any(x => x.Field.StartsWith(Items, StringComparison.Ordinal)))
        {
            throw new ProblemException(e.Problem with
            {
                Detail = e.Problem.Detail.Replace(Items, "", StringComparison.Ordinal),
                Errors = [.. e.Problem.Errors.Select(x => (x.Field.Replace(Items, "", StringComparison.Ordinal), x.Message.Replace(Items, "", StringComparison.Ordinal)))],
            });
        }
    }

    private static Task<Answer> RecordAsync(CommandCall call, IssueNotice notice) => RecordAsync(call, notice, single: false);

    private static async Task<Answer> RecordAsync(CommandCall call, IssueNotice notice, bool single)
    {
        await call.Commands.RequireAsync(notice, call.Context.RequestAborted);
        var id = notice.Id ?? Guid.CreateVersion7().ToString();
        var items = notice.Items.Where(i => i?.Assertion is not null && Ids.IsId(i.Assertion)).DistinctBy(i => i.Assertion).ToList();
        var rulesOf = new Dictionary<string, Circumstances>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            rulesOf[item.Assertion] = await call.Commands.CircumstancesAsync(call, notice, item.Assertion);
        }

        if (items.Count == 0)
        {
            throw new ProblemException(Problem.BadRequest("invalid", "items: name at least one assertion by its id.", "items"));
        }

        return await call.Commands.RecordAsync(call, new()
        {
            Streams = [.. items.Select(i => Ids.AssertionStream(i.Assertion))],
            Id = single ? items[0].Assertion : id,
            Location = $"/v1/assertions/{items[^1].Assertion}",
            OnBehalfOf = notice.OnBehalfOf,
            Decide = current => Decide(current, notice, items, id, rulesOf, single),
        });
    }

    private static Ruling Decide(
        IReadOnlyDictionary<string, StreamState> current, IssueNotice notice, List<NoticeItem> items, string id,
        Dictionary<string, Circumstances> rulesOf, bool single)
    {
        var ruling = Ruling.OfAll(items.Select(item =>
        {
            var stream = Ids.AssertionStream(item.Assertion);
            return (stream, Assertion.Decide(Commands.StateOf(current, stream), notice, item, id, rulesOf[item.Assertion]));
        }));
        return ruling is not Ruling.Refused { Problem: var problem, Stream: { } refusing } ? ruling : new Ruling.Refused(problem with
        {
            Detail = single ? problem.Detail : $"{Ids.OfStream(refusing).Id}: {problem.Detail}",
            Members = new Dictionary<string, object?>(problem.Members) { ["assertion"] = Ids.OfStream(refusing).Id },
        });
    }
}
