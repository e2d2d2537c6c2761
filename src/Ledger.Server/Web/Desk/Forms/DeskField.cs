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

    /// <summary>One of some words.</summary>
    Choice,

    /// <summary>Yes or no.</summary>
    Check,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number, kept with the digits that were written.</summary>
    Number,

    /// <summary>Words or ids with commas between.</summary>
    Words,

    /// <summary>The id of a recorded party.</summary>
    Party,

    /// <summary>An address of the web.</summary>
    Address,
}

/// <summary>A field of a form.</summary>
/// <param name="Name">Where its value stands in the body of the command: names with dots between.</param>
/// <param name="Label">What the form calls it.</param>
/// <param name="Input">How it is filled in.</param>
public sealed record DeskField(string Name, string Label, DeskInput Input = DeskInput.Line)
{
    /// <summary>Whether the form cannot be sent without it.</summary>
    public bool IsNeeded { get; init; }

    /// <summary>What the label does not say.</summary>
    public string? Hint { get; init; }

    /// <summary>The words to choose from.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The heading of the fields that belong together; null for one of its own.</summary>
    public string? Group { get; init; }

    /// <summary>The id of its element in the page.</summary>
    public string Id => "f-" + Name.Replace('.', '-');

    internal static DeskField Of<T>(string name, string label, bool isNeeded = false)
        where T : struct, Enum => new(name, label, DeskInput.Choice) { IsNeeded = isNeeded, Choices = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)] };

    /// <summary>The body of a command from the fields that were filled in; names that begin with another prefix are left out.</summary>
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

    /// <summary>The number with its own digits; null where JSON would not read it as one.</summary>
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

/// <summary>Why a form was not taken.</summary>
/// <param name="Title">In short.</param>
/// <param name="Detail">What to do.</param>
/// <param name="Fields">What is wrong with which field.</param>
public sealed record FormTrouble(string Title, string Detail, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>A ground that is missing is asked for where the forms have it: as a citation.</summary>
    internal static FormTrouble Of(Problem problem) => new(
        problem.Title, problem.Detail,
        problem.Errors.GroupBy(e => e.Field == "source" ? "citation" : e.Field, StringComparer.Ordinal).ToDictionary(e => e.Key, e => e.First().Message, StringComparer.Ordinal));
}
