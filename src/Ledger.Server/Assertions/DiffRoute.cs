using System.Text.Json;
using DiffPlex;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A run of words of the proposition that stands in both versions or in only one of them.</summary>
/// <param name="Op">same, removed or added.</param>
/// <param name="Text">The words with the white space around them, so that the runs join to the two texts.</param>
public sealed record WordRun(string Op, string Text);

/// <summary>A figure in two versions. The difference is given if both values have the same unit.</summary>
internal sealed record FigureDifference(string Name, Figure? Before, Figure? After, decimal? Difference, string? Unit);

/// <summary>Two versions of one assertion, compared field by field.</summary>
internal sealed record AssertionDiff(
    string Id, long From, long To, IReadOnlyList<Change> Fields, IReadOnlyList<WordRun>? Proposition, IReadOnlyList<FigureDifference> Figures, Change? Label)
{
    private static readonly string[] Plain = ["proposition", "modality", "part", "attribution", "scope.place", "scope.from", "scope.to", "language", "topics"];

    internal static AssertionDiff Of(string id, Assertion before, Assertion after) => new(
        id, before.Version, after.Version,
        [.. from field in Plain let change = ChangeOf(field, Value(before.Content, field), Value(after.Content, field)) where change is not null select change],
        before.Content.Proposition == after.Content.Proposition ? null : Words(before.Content.Proposition, after.Content.Proposition),
        [.. FiguresOf(before.Content.Figures, after.Content.Figures)],
        ChangeOf("label", Json(StandingLabel.Of(before).Label), Json(StandingLabel.Of(after).Label)));

    /// <summary>Compares the words of two texts. Neighbouring words of one kind form one run.</summary>
    internal static IReadOnlyList<WordRun> Words(string before, string after)
    {
        var runs = new List<WordRun>();
        void Add(string op, IEnumerable<string> pieces)
        {
            if (string.Concat(pieces) is { Length: > 0 } text)
            {
                runs.Add(new(op, text));
            }
        }

        var diff = new Differ().CreateCustomDiffs(before, after, false, Pieces);
        var at = 0;
        foreach (var block in diff.DiffBlocks)
        {
            Add("same", diff.PiecesOld[at..block.DeleteStartA]);
            Add("removed", diff.PiecesOld.Skip(block.DeleteStartA).Take(block.DeleteCountA));
            Add("added", diff.PiecesNew.Skip(block.InsertStartB).Take(block.InsertCountB));
            at = block.DeleteStartA + block.DeleteCountA;
        }

        Add("same", diff.PiecesOld[at..]);
        return runs;
    }

    /// <summary>
    /// Splits a text into words, white space and single punctuation marks, so that a comma that moves does not change the word before it.
    /// </summary>
    private static string[] Pieces(string text)
    {
        var pieces = new List<string>();
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i == text.Length || KindOf(text[i]) != KindOf(text[start]) || KindOf(text[i]) == 2)
            {
                pieces.Add(text[start..i]);
                start = i;
            }
        }

        return [.. pieces];
    }

    private static int KindOf(char c) => char.IsWhiteSpace(c) ? 0 : char.IsPunctuation(c) ? 2 : 1;

    private static IEnumerable<FigureDifference> FiguresOf(IReadOnlyList<Figure> before, IReadOnlyList<Figure> after) =>
        from name in before.Concat(after).Select(f => f.Name).Distinct(StringComparer.Ordinal)
        let was = before.FirstOrDefault(f => f.Name == name)
        let now = after.FirstOrDefault(f => f.Name == name)
        where was != now
        let comparable = was is not null && now is not null && was.Unit == now.Unit
        select new FigureDifference(name, was, now, comparable ? now!.Value - was!.Value : null, comparable ? now!.Unit : null);

    private static Change? ChangeOf(string field, JsonElement? before, JsonElement? after) =>
        before?.GetRawText() == after?.GetRawText() ? null : new(field, before, after);

    private static JsonElement? Value(Content content, string field) =>
        ContentFields.Get(content, field) is { } node ? JsonElement.Parse(node.ToJsonString(DomainJson.Stored)) : null;

    private static JsonElement? Json(string text) => JsonSerializer.SerializeToElement(text, DomainJson.Stored);
}

/// <summary>What changed between two versions of an assertion.</summary>
internal static class DiffRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/assertions/{id}/diff", "Compare two versions of an assertion", ReadAsync).Produces<AssertionDiff>();

    private static async Task ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var from = call.Query.Number("from", 0, 1, long.MaxValue);
        var to = call.Query.Number("to", 0, 1, long.MaxValue);
        var point = await call.PointAsync();
        call.Query.Done();
        await call.RequireReadableAsync(id);
        var events = (await call.Store.ReadStreamAsync(Ids.AssertionStream(id), toPosition: point.Position, cancellationToken: call.Cancelled)).Select(e => e.ToDomain()).ToList();
        if (events.Count == 0)
        {
            throw new ProblemException(Problem.NotFound($"No assertion {id} is recorded, or not by the moment asked for."));
        }

        // By default the first version is compared with the newest.
        var (before, after) = (At(id, events, point, from == 0 ? 1 : from), At(id, events, point, to == 0 ? events[^1].Version : to));
        await call.WriteAsync(AssertionDiff.Of(id, before, after), point.Position);
    }

    private static Assertion At(string id, IReadOnlyList<Recorded> events, ReadPoint point, long version)
    {
        if (version > events[^1].Version)
        {
            throw new ProblemException(Problem.NotFound($"{id} has no version {version}; its newest at the moment asked for is {events[^1].Version}."));
        }

        var state = Assertion.Fold(events.Where(e => e.Version <= version && point.Counts(e)));
        return state.Claim is not null ? state with { Version = version } : throw new ProblemException(Problem.NotFound($"{id} was not known by the moment asked for."));
    }
}
