using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Server;

/// <summary>How a field is filled in.</summary>
public enum DeskInput
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A text of many lines.</summary>
    Text,

    /// <summary>One word of a list.</summary>
    Choice,

    /// <summary>Yes or no.</summary>
    Check,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number that keeps its digits exactly as they were written.</summary>
    Number,

    /// <summary>Words or ids, separated by commas.</summary>
    Words,

    /// <summary>The id of a recorded party.</summary>
    Party,

    /// <summary>A web address.</summary>
    Address,
}

/// <summary>A field of a form.</summary>
/// <param name="Name">The path of its value in the body of the command: names separated by dots.</param>
/// <param name="Label">The label in the form.</param>
/// <param name="Input">How it is filled in.</param>
public sealed record DeskField(string Name, string Label, DeskInput Input = DeskInput.Line)
{
    /// <summary>Whether the form cannot be sent without it.</summary>
    public bool IsNeeded { get; init; }

    /// <summary>An explanation in addition to the label.</summary>
    public string? Hint { get; init; }

    /// <summary>The words to choose from.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The heading of a group of fields. Null if the field is in no group.</summary>
    public string? Group { get; init; }

    /// <summary>The id of its element in the page.</summary>
    public string Id => "f-" + Name.Replace('.', '-');

    internal static DeskField Of<T>(string name, string label, bool isNeeded = false)
        where T : struct, Enum => new(name, label, DeskInput.Choice) { IsNeeded = isNeeded, Choices = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)] };

    /// <summary>Makes the body of a command from the filled-in fields. Fields whose names do not begin with the prefix are left out.</summary>
    internal static JsonObject Body(IEnumerable<DeskField> fields, FormValues values, string prefix = "")
    {
        var body = new JsonObject();
        foreach (var field in fields.Where(f => f.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            if (values.Text(field.Name) is { } text)
            {
                Set(body, field.Name[prefix.Length..], field.Input switch
                {
                    DeskInput.Check => true,
                    DeskInput.Whole => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unfit(field, "is a whole number."),
                    DeskInput.Number => Number(text) ?? throw Unfit(field, "is a number, such as 12700 or 0.5, without commas or spaces."),
                    DeskInput.Words => new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(w => JsonValue.Create(w))]),
                    _ => text,
                });
            }
        }

        return body;
    }

    /// <summary>The number with its own digits. Null if it is not a number in JSON.</summary>
    private static JsonNode? Number(string text)
    {
        try
        {
            return JsonNode.Parse(text) is { } node && node.GetValueKind() == JsonValueKind.Number ? node : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ProblemException Unfit(DeskField field, string what) =>
        new(Problem.BadRequest("invalid", $"{(field.Group is { } group ? group + ", " : "")}{field.Label}: {what}", field.Name));

    private static void Set(JsonObject body, string path, JsonNode value)
    {
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            body = (JsonObject)(body[name] ??= new JsonObject());
        }

        body[names[^1]] = value;
    }
}

/// <summary>Why a form was refused.</summary>
/// <param name="Title">The problem in short.</param>
/// <param name="Detail">What to do.</param>
/// <param name="Fields">The messages, by field.</param>
public sealed record FormTrouble(string Title, string Detail, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>Makes the messages of a problem. A missing <c>source</c> is reported at the field that the forms have for it, <c>citation</c>.</summary>
    internal static FormTrouble Of(Problem problem) => new(
        problem.Title, problem.Detail,
        problem.Errors.GroupBy(e => e.Field == "source" ? "citation" : e.Field, StringComparer.Ordinal).ToDictionary(e => e.Key, e => e.First().Message, StringComparer.Ordinal));
}
