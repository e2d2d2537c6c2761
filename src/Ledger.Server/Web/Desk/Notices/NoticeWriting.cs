using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A figure of an assertion, with its current value and the value in the notice.</summary>
public sealed record NoticeFigure(string Name, string? Unit, string Current, string New);

/// <summary>An assertion in a notice: its current state, and what the notice changes.</summary>
/// <param name="HasMoved">Whether the assertion has changed since the notice was written.</param>
public sealed record NoticeItemShown(
    ListedCard Card, long Version, string Proposition, string NewProposition, string Place, string NewPlace, IReadOnlyList<NoticeFigure> Figures, string? Extent,
    IReadOnlyList<ShownChange> Changes, bool HasMoved);

/// <summary>Makes a notice from the values of a form, and shows what it would change.</summary>
internal static class NoticeWriting
{
    /// <summary>The limit of the command.</summary>
    private const int ItemsMax = Limits.ItemsMax;

    internal static string FieldOf(string assertion, string field) => $"{assertion}.{field}";

    /// <summary>The assertions of a notice in their current state, in the requested order.</summary>
    internal static async Task<IReadOnlyList<Assertion>> StatesAsync(DeskCall call, IReadOnlyList<string> assertions)
    {
        if (assertions.Count is 0 or > ItemsMax)
        {
            throw new ProblemException(Problem.BadRequest("invalid", $"Tick from 1 to {ItemsMax} assertions of a source.", "assertion"));
        }

        var point = await call.Read.PointAsync();
        var states = new List<Assertion>();
        foreach (var id in assertions.Distinct(StringComparer.Ordinal))
        {
            await call.Read.RequireReadableAsync(id);
            states.Add((await ReadAssertionRoute.AtAsync(call.Read, id, point)).State);
        }

        return states;
    }

    /// <summary>Reads the notice from a form. Refuses it if an assertion has changed since the form was shown.</summary>
    internal static WrittenNotice Read(FormValues form, IReadOnlyList<Assertion> states, string? boundTo)
    {
        var notice = new WrittenNotice(
            form.Need("publisher"), form.Need("kind"), form.Need("text"), form.Text("url"), form.Text("citation"), form.Text("materiality"), form.Need("reason"), form.Text("embargo"),
            [.. states.Select(s => Item(form, s))]);
        if (boundTo is not null && boundTo != notice.Publisher)
        {
            throw new ProblemException(Problem.Of(new(RefusalCode.BoundToAnotherParty, $"This key acts for {boundTo} alone.", "publisher")));
        }

        if (notice.Url is null && notice.Citation is null)
        {
            throw new ProblemException(Problem.BadRequest("citation-missing", "Give the address where the notice stands, or the text that it relies on.", "url"));
        }

        if (states.FirstOrDefault(s => notice.Items.Any(i => i.Assertion == s.Id && i.Version != s.Version)) is { } moved)
        {
            throw Moved(moved.Id);
        }

        return notice.Kind == "correction" && notice.Items.FirstOrDefault(i => i.Changes.Count == 0) is { } unchanged
            ? throw new ProblemException(Problem.BadRequest("invalid", $"{unchanged.Assertion} is not changed: a correction says what was wrong and what is right.", FieldOf(unchanged.Assertion, "proposition")))
            : notice;
    }

    internal static ProblemException Moved(string assertion) => new(new(409, "moved", "The assertion changed meanwhile", $"{assertion} is shown as it stands now; look at it again, and send the form once more."));

    /// <summary>An assertion with the changes of a notice.</summary>
    internal static NoticeItemShown Show(Assertion state, WrittenItem? item, FormValues? form)
    {
        var content = state.Content;
        string Filled(string field, string fallback) => form is null ? fallback : form.Text(FieldOf(state.Id, field)) ?? "";
        return new(
            ListedCard.Of(state), state.Version, content.Proposition, Filled("proposition", content.Proposition), content.Scope?.Place ?? "", Filled("place", content.Scope?.Place ?? ""),
            [.. content.Figures.Select((f, i) => new NoticeFigure(f.Name, f.Unit, Text(f.Value), Filled(FigureField(i), Text(f.Value))))],
            item?.Extent ?? form?.Text(FieldOf(state.Id, "extent")), [.. (item?.Changes ?? []).Select(c => ShownCorrection.Of(Change(state, c)))], item is not null && item.Version != state.Version);
    }

    /// <summary>The body of the command that records a notice. The "before" values are the current ones.</summary>
    internal static JsonObject Body(WrittenNotice notice, Guid id, IReadOnlyList<Assertion> states)
    {
        var changes = notice.Kind is "correction" or "clarification" or "update";
        return new()
        {
            ["id"] = id.ToString(),
            ["publisher"] = notice.Publisher,
            ["kind"] = notice.Kind,
            ["text"] = notice.Text,
            ["url"] = notice.Url,
            ["citation"] = notice.Citation,
            ["materiality"] = changes ? notice.Materiality : null,
            ["reason"] = notice.Reason,
            ["items"] = new JsonArray([.. notice.Items.Select(i => new JsonObject
            {
                ["assertion"] = i.Assertion,
                ["changes"] = changes ? JsonSerializer.SerializeToNode(i.Changes.Select(c => Change(states.First(s => s.Id == i.Assertion), c)), DomainJson.Stored) : new JsonArray(),
                ["extent"] = notice.Kind == "retraction" ? i.Extent : null,
            })]),
        };
    }

    private static string FigureField(int index) => string.Create(CultureInfo.InvariantCulture, $"figure{index}");

    private static Change Change(Assertion state, WrittenChange change) =>
        new(change.Field, ContentFields.Get(state.Content, change.Field) is { } now ? JsonElement.Parse(now.ToJsonString(DomainJson.Stored)) : null, change.After);

    private static WrittenItem Item(FormValues form, Assertion state)
    {
        var changes = new List<WrittenChange>();
        var content = state.Content;
        Add("proposition", form.Text(FieldOf(state.Id, "proposition")), content.Proposition);
        Add("scope.place", form.Text(FieldOf(state.Id, "place")), content.Scope?.Place);
        foreach (var (index, figure) in content.Figures.Index())
        {
            var name = FieldOf(state.Id, FigureField(index));
            if (form.Text(name) is not { } text)
            {
                changes.Add(new($"figures/{figure.Name}", null));
            }
            else if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                throw new ProblemException(Problem.BadRequest("invalid", $"{figure.Name}: is a number such as 1237 or 0.5; empty takes it away.", name));
            }
            else if (value != figure.Value)
            {
                changes.Add(new($"figures/{figure.Name}", JsonSerializer.SerializeToElement(value, DomainJson.Stored)));
            }
        }

        return new(state.Id, long.TryParse(form.Text(FieldOf(state.Id, "version")), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0, changes, form.Text(FieldOf(state.Id, "extent")));

        void Add(string field, string? written, string? now)
        {
            if (written != now?.ReplaceLineEndings("\n").Trim())
            {
                changes.Add(new(field, written is null ? null : JsonSerializer.SerializeToElement(written, DomainJson.Stored)));
            }
        }
    }

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
