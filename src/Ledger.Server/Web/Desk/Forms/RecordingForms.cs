using System.Text;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A form that records something: its fields, and the commands that it sends.</summary>
/// <param name="Name">The last part of its address.</param>
/// <param name="Title">What the form does.</param>
/// <param name="Target">The label of the target field. Null if the form has no target.</param>
/// <param name="Fields">The fields of the form.</param>
public sealed record RecordingForm(string Name, string Title, string? Target, IReadOnlyList<DeskField> Fields)
{
    /// <summary>A text above the form.</summary>
    public string? Intro { get; init; }

    /// <summary>Makes the commands from the values of the form.</summary>
    public required Func<FormValues, IReadOnlyList<(string Command, string? Target, JsonObject Body)>> Commands { get; init; }
}

/// <summary>The forms of the desk, one for each thing that is recorded.</summary>
internal static class RecordingForms
{
    internal const string TargetField = "target";
    private const string VersionPrefix = "version.";
    private const int RowsMax = 3;

    private static readonly DeskField[] Citing =
    [
        new("citation", "It relies on: a text or an address"),
        new("source.id", "or on a recorded source: its id"),
        new("source.version", "and the number of its version", DeskInput.Whole),
        new("publishedAt", "Published") { Hint = DateHint },
    ];

    private static readonly DeskField[] OfVersion =
    [
        new("edition", "Edition") { IsNeeded = true, Hint = "online, print, revision…" },
        new("publishedAt", "Published") { Hint = DateHint },
        new("seen", "The recorder has seen it", DeskInput.Check),
        new("text", "Its text", DeskInput.Text) { Hint = "It is hashed and searched, and forgotten unless it is kept." },
        new("keepText", "The ledger may keep the text", DeskInput.Check),
        new("url", "Address of this version", DeskInput.Address),
        new("note", "A remark"),
    ];

    private const string DateHint = "2018, 2018-08, 2018-08-04 or 2018-08-04T14:05:00Z";
    private const string Assertion = "Assertion (its id)";

    internal static IReadOnlyList<RecordingForm> All { get; } =
    [
        new("party", "Record a party", null,
        [
            Named("Id"), new("name", "Name") { IsNeeded = true }, new("kind", "Kind") { IsNeeded = true, Hint = "publisher, government, person…" },
            new("enrolled", "It takes part: it is asked for answers", DeskInput.Check),
        ]) { Commands = values => [("recordParty", null, DeskField.Body(Find("party").Fields, values))] },
        new("source", "Record a source and its first version", null,
        [
            Named("Id"), new("kind", "Kind") { IsNeeded = true, Hint = "article, report, decree, statement…" }, new("title", "Title") { IsNeeded = true },
            new("publisher", "Publisher", DeskInput.Party) { IsNeeded = true }, new("url", "Address", DeskInput.Address), new("language", "Language") { Hint = "en, de, zh…" },
            new("timeZone", "Time zone") { Hint = "Europe/London…" }, .. OfVersion.Select(f => f with { Name = VersionPrefix + f.Name, Label = "Version: " + f.Label }),
        ]) { Commands = OfSource },
        new("version", "Record a new version of a source", "Source (its id)", OfVersion)
        { Commands = values => [("captureVersion", values.Need(TargetField), Seen(DeskField.Body(OfVersion, values)))] },
        new("claim", "Record a claim", null,
        [
            Named("Id"), new("proposition", "What is claimed", DeskInput.Text) { IsNeeded = true, Hint = "One proposition, as the source states it." },
            new("source.id", "Source (its id)") { IsNeeded = true }, new("source.version", "Number of its version", DeskInput.Whole) { IsNeeded = true },
            DeskField.Of<Part>("part", "Stands in the"), DeskField.Of<Modality>("modality", "Put as"),
            .. Rows("Attribution", n =>
            [
                new($"said{n}.party", "A party", DeskInput.Party), new($"said{n}.description", "or a description") { Hint = "documents, an unnamed official…" },
                new($"said{n}.role", "Role") { Hint = "originator, relay, publisher…" },
            ]),
            .. Rows("Figure", n =>
            [
                new($"figure{n}.name", "What is counted"), new($"figure{n}.op", "How it is bounded", DeskInput.Choice) { Choices = ["=", "≈", "≤", "≥"], Hint = "Empty: exactly." },
                new($"figure{n}.value", "The number", DeskInput.Number) { Hint = "12700 or 0.5" }, new($"figure{n}.unit", "In what") { Hint = "permits, percent, USD…" },
            ]),
            .. Rows("Evidence", n =>
            [
                new($"evidence{n}.exact", "The words of the version that show it", DeskInput.Text), new($"evidence{n}.prefix", "Words before them"), new($"evidence{n}.suffix", "Words after them"),
            ]),
            .. Rows("Link", n =>
            [
                new($"link{n}.to", "To an assertion (its id)"), DeskField.Of<Relation>($"link{n}.relation", "This one"),
                DeskField.Of<Basis>($"link{n}.basis", "Found in the source (stated) or worked out by you (inferred)"),
            ]),
            new("topics", "Topics", DeskInput.Words) { Hint = "Words with commas between." },
            new("scope.place", "Place that it speaks of"), new("scope.from", "From") { Hint = DateHint }, new("scope.to", "To") { Hint = DateHint },
            new("language", "Language") { Hint = "en, de, zh…" }, new("publishedAt", "Published") { Hint = DateHint },
        ])
        {
            Intro = "The chain of who said it goes from whoever said it first to the publisher. Without any, the claim is shown as unattributed. What you do not know stays empty; open the parts that you need.",
            Commands = OfClaim,
        },
        new("denial", "Record a denial", Assertion,
        [
            new("party", "Who denies", DeskInput.Party) { IsNeeded = true }, new("statement", "In which words", DeskInput.Text) { IsNeeded = true },
            new("contests.part", "Only this part of it") { Hint = "Empty: the whole." }, new("concedes", "What it grants"), new("ground", "On which ground"),
            new("condition", "Under which condition"), .. Citing,
        ]) { Commands = OfDenial },
        new("position", "Record a position", Assertion,
        [
            new("party", "Whose", DeskInput.Party) { IsNeeded = true }, DeskField.Of<Stance>("stance", "Stance", isNeeded: true), new("statement", "In which words", DeskInput.Text),
            new("ground", "On which ground"), DeskField.Of<Independence>("independence", "For a corroboration: of which origin"),
            new("rating", "For a published review: its rating, in its own words"), new("url", "Where it stands", DeskInput.Address), .. Citing,
        ]) { Commands = values => On("takePosition", "position", values) },
        new("request", "Record a request", Assertion,
        [
            new("requester", "Who asks", DeskInput.Party) { IsNeeded = true }, DeskField.Of<RequestKind>("kind", "For what", isNeeded: true),
            new("text", "In which words", DeskInput.Text) { IsNeeded = true }, new("deadline", "By when") { Hint = DateHint },
        ]) { Commands = values => On("requestAction", "request", values) },
        new("answer", "Record an answer", Assertion,
        [
            new("request", "The request (its event id)"), new("upstream", "or the change upstream (its position)", DeskInput.Whole),
            new("by", "Who answers", DeskInput.Party) { IsNeeded = true }, DeskField.Of<Outcome>("outcome", "With what", isNeeded: true), new("note", "In which words", DeskInput.Text),
        ]) { Commands = values => On("answerAction", "answer", values) },
        new("withdrawal", "Withdraw an event", "Event (its id)",
        [
            new("party", "Who withdraws", DeskInput.Party) { Hint = "Empty: the party behind the event." }, new("reason", "Why") { IsNeeded = true }, .. Citing,
        ])
        {
            Intro = "It withdraws a denial, a position or a request, lifts a concern or a restriction, reverses a retraction, detaches evidence, removes a link. Nothing is deleted: both stay in the history.",
            Commands = values => On("withdrawEvent", "withdrawal", values),
        },
        new("restriction", "Restrict access to an assertion", Assertion,
        [
            DeskField.Of<RestrictionReason>("reason", "Why", isNeeded: true), new("until", "Until") { Hint = DateHint },
        ])
        {
            Intro = "Readers without the scope audit do not see the assertion until the moment that is given, or until the restriction is withdrawn.",
            Commands = values =>
            {
                var body = DeskField.Body(Find("restriction").Fields, values);
                body["assertion"] = values.Need(TargetField);
                return [("restrictAccess", null, body)];
            },
        },
    ];

    internal static RecordingForm Find(string name) => All.FirstOrDefault(f => f.Name == name) ?? throw new ProblemException(Problem.NotFound("The desk has no such form."));

    /// <summary>The commands as the API takes them. The key of each command is the key of the form plus the name of the command.</summary>
    internal static IReadOnlyList<NamedCommand> CommandsOf(RecordingForm form, FormValues values, string key) =>
        [.. form.Commands(values).Select(c => new NamedCommand { Command = c.Command, Target = c.Target, Key = $"{key}-{c.Command}", Body = Encoding.UTF8.GetBytes(c.Body.ToJsonString(DomainJson.Stored)) })];

    private static DeskField Named(string label) => new("id", label) { Hint = "Lower-case letters, digits and dashes. Empty: the ledger makes one." };

    private static IReadOnlyList<(string, string?, JsonObject)> On(string command, string form, FormValues values) =>
        [(command, values.Need(TargetField), DeskField.Body(Find(form).Fields, values))];

    private static IReadOnlyList<(string, string?, JsonObject)> OfSource(FormValues values)
    {
        var fields = Find("source").Fields;
        var source = DeskField.Body(fields.Where(f => !f.Name.StartsWith(VersionPrefix, StringComparison.Ordinal)), values);
        var id = values.Text("id") ?? values.Need(RecordingFormRoutes.KeyField);
        source["id"] = id;
        return [("registerSource", null, source), ("captureVersion", id, Seen(DeskField.Body(fields, values, VersionPrefix)))];
    }

    private static IReadOnlyList<(string, string?, JsonObject)> OfClaim(FormValues values)
    {
        var body = DeskField.Body(Find("claim").Fields, values);
        body["attribution"] = Collect(body, "said");
        body["figures"] = Collect(body, "figure");
        body["links"] = Collect(body, "link");
        body["evidence"] = Collect(body, "evidence", words =>
        {
            words["type"] = "TextQuoteSelector";
            return new() { ["selector"] = words };
        });
        return [("recordClaim", null, body)];
    }

    /// <summary>The fields of a part that can be given several times, with a heading for each time.</summary>
    private static IEnumerable<DeskField> Rows(string group, Func<int, IReadOnlyList<DeskField>> fields) =>
        Enumerable.Range(1, RowsMax).SelectMany(n => fields(n).Select(f => f with { Group = $"{group} {n}" }));

    /// <summary>Moves the filled-in rows of a form into one list.</summary>
    private static JsonArray Collect(JsonObject body, string name, Func<JsonObject, JsonObject>? shape = null)
    {
        var list = new JsonArray();
        for (var n = 1; n <= RowsMax; n++)
        {
            if (body.Remove($"{name}{n}", out var row))
            {
                list.Add(shape is null ? row : shape((JsonObject)row!));
            }
        }

        return list;
    }

    private static IReadOnlyList<(string, string?, JsonObject)> OfDenial(FormValues values)
    {
        var body = DeskField.Body(Find("denial").Fields, values);
        body["contests"] ??= "whole";
        return [("denyAssertion", values.Need(TargetField), body)];
    }

    /// <summary>An unticked box sends nothing, so "not seen" is added to the version here.</summary>
    private static JsonObject Seen(JsonObject version)
    {
        version["seen"] ??= false;
        return version;
    }
}
