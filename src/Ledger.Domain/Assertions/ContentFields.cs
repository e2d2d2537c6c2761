using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Domain;

/// <summary>
/// The fields of a content by the names that corrections, amendments and differences use: <c>proposition</c>, <c>scope.place</c>,
/// <c>figures/workers</c> (a bare number sets the value), <c>figures/workers/op</c> and so on. Values are JSON; null means that the field is absent.
/// </summary>
public static class ContentFields
{
    private const string FiguresPrefix = "figures/";
    private const string ScopeFrom = "scope.from";
    private const string ScopeTo = "scope.to";

    /// <summary>Whether a correction may change the field.</summary>
    public static bool IsCorrectable(string field) =>
        field is "proposition" or "modality" or "part" or "attribution" or "scope.place" || IsTime(field) || IsFigure(field);

    /// <summary>Whether the recorder may amend the field: every correctable field, and the two that the recorder chose (language and topics).</summary>
    public static bool IsAmendable(string field) => IsCorrectable(field) || field is "language" or "topics";

    /// <summary>The current value of a field; null where there is none.</summary>
    public static JsonNode? Get(Content content, string field) => field switch
    {
        "proposition" => content.Proposition,
        "modality" => Node(content.Modality),
        "part" => Node(content.Part),
        "attribution" => Node(content.Attribution),
        "scope.place" => content.Scope?.Place,
        ScopeFrom => content.Scope?.From?.Value,
        ScopeTo => content.Scope?.To?.Value,
        "language" => content.Language,
        "topics" => Node(content.Topics),
        _ when IsFigure(field) => GetFigure(content, field),
        _ => null,
    };

    /// <summary>
    /// Whether a field has the stated value now. A time is compared by its text, even where it is given with a basis or an interval.
    /// A figure that is given as a number is compared by its value; one that is given as an object is compared as a whole.
    /// </summary>
    public static bool Holds(Content content, string field, JsonElement? stated) => stated switch
    {
        { ValueKind: JsonValueKind.Object } figure when IsFigure(field) && FigureOf(field) is (var name, null) =>
            content.Figures.FirstOrDefault(f => f.Name == name) is { } current && ReadFigure(figure, name) == current,
        { ValueKind: JsonValueKind.Object } time when IsTime(field) && time.TryGetProperty("value", out var text) => Equal(Get(content, field), text),
        _ => Equal(Get(content, field), stated),
    };

    /// <summary>The parties that changes bring into an attribution chain. Each must have been recorded.</summary>
    internal static IEnumerable<Reference> References(IEnumerable<Change> changes, string name) =>
        from change in changes
        where change is { Field: "attribution", After.ValueKind: JsonValueKind.Array }
        from link in change.After!.Value.EnumerateArray()
        where link.ValueKind == JsonValueKind.Object && link.TryGetProperty("party", out var party) && party.ValueKind == JsonValueKind.String
        select Reference.Party(link.GetProperty("party").GetString()!, name);

    /// <summary>Whether a stated value equals the current one. Numbers are compared as decimals, everything else by its JSON.</summary>
    public static bool Equal(JsonNode? current, JsonElement? stated)
    {
        var given = stated is { ValueKind: not JsonValueKind.Null } value ? JsonNode.Parse(value.GetRawText()) : null;
        return current is JsonValue a && given is JsonValue b
            && a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number
            ? decimal.TryParse(a.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var x)
                && decimal.TryParse(b.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var y)
                && x == y
            : JsonNode.DeepEquals(current, given);
    }

    /// <summary>
    /// The content with one field set to a client's value; null, with a complaint in <paramref name="checks"/>, where the value does not fit the field.
    /// </summary>
    public static Content? Set(Content content, string field, JsonElement? value, TimeZoneInfo zone, Checks checks, string name)
    {
        var next = Read(content, field, value, zone);
        checks.That(next is not null, name, $"does not fit {field}: {Expected(field)}");
        if (next is not null)
        {
            checks.Text(next.Proposition, name, Limits.StatementCodePointsMax);
            checks.OptionalText(next.Scope?.Place, name, Limits.LineCodePointsMax);
            checks.OptionalText(next.Language, name, Limits.WordCodePointsMax);
            Check(next.Attribution, checks);
            Check(next.Figures, checks);
            CheckTopics(next.Topics, checks);
        }

        return next;
    }

    /// <summary>
    /// The content with one field set to a value from the log. The value was checked against the limits of its time when it was written.
    /// The result is null only where the value does not fit the field, for example after an erasure.
    /// </summary>
    internal static Content? Restore(Content content, string field, JsonElement? value) => Read(content, field, value, zone: null);

    /// <summary>Sets a field. With a zone the value is read as a client writes it, without a zone as the log holds it.</summary>
    private static Content? Read(Content content, string field, JsonElement? value, TimeZoneInfo? zone)
    {
        var set = value is { ValueKind: not JsonValueKind.Null } ? value : null;
        var scope = content.Scope ?? new Scope();
        try
        {
            return field switch
            {
                "proposition" => content with { Proposition = Read<string>(set) },
                "modality" => content with { Modality = Read<Modality>(set) },
                "part" => content with { Part = Read<Part>(set) },
                "attribution" => content with { Attribution = set is null ? [] : Read<IReadOnlyList<Attribution>>(set) },
                "scope.place" => content with { Scope = scope with { Place = set is null ? null : Read<string>(set) } },
                ScopeFrom => content with { Scope = scope with { From = Time(set, zone) } },
                ScopeTo => content with { Scope = scope with { To = Time(set, zone) } },
                "language" => content with { Language = set is null ? null : Read<string>(set) },
                "topics" => content with { Topics = set is null ? [] : Read<IReadOnlyList<string>>(set) },
                _ when IsFigure(field) => content with { Figures = SetFigure(content, field, set) },
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    internal static void Check(IReadOnlyList<Attribution> chain, Checks checks)
    {
        foreach (var link in checks.Items(chain, "attribution"))
        {
            checks.That(link.Party is null != link.Description is null, "attribution", "each link has either a party or a description.");
            if (link.Party is not null)
            {
                checks.Id(link.Party, "attribution.party");
            }

            checks.OptionalText(link.Description, "attribution.description", Limits.LineCodePointsMax);
            checks.OptionalText(link.Role, "attribution.role", Limits.WordCodePointsMax);
        }
    }

    internal static void Check(IReadOnlyList<Figure> figures, Checks checks)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var figure in checks.Items(figures, "figures"))
        {
            checks.That(names.Add(figure.Name), "figures.name", "appears twice; names are unique within an assertion.");
            checks.Text(figure.Name, "figures.name", Limits.WordCodePointsMax);
            checks.That(!figure.Name.Contains('/', StringComparison.Ordinal), "figures.name", "holds a slash, which separates name and property.");
            checks.OptionalText(figure.Unit, "figures.unit", Limits.WordCodePointsMax);
        }
    }

    internal static void CheckTopics(IReadOnlyList<string> topics, Checks checks)
    {
        foreach (var topic in checks.Items(topics, "topics"))
        {
            checks.Text(topic, "topics", Limits.WordCodePointsMax);
        }
    }

    private static bool IsTime(string field) => field is ScopeFrom or ScopeTo;

    private static bool IsFigure(string field) =>
        field.StartsWith(FiguresPrefix, StringComparison.Ordinal) && field[FiguresPrefix.Length..].Split('/') is [{ Length: > 0 }] or [{ Length: > 0 }, "op" or "unit"];

    private static (string Name, string? Property) FigureOf(string field) =>
        field[FiguresPrefix.Length..].Split('/') is [var name, var property] ? (name, property) : (field[FiguresPrefix.Length..], null);

    private static JsonNode? GetFigure(Content content, string field)
    {
        var (name, property) = FigureOf(field);
        var figure = content.Figures.FirstOrDefault(f => f.Name == name);
        return (figure, property) switch
        {
            (null, _) => null,
            (_, "op") => Node(figure.Op),
            (_, "unit") => figure.Unit,
            _ => figure.Value,
        };
    }

    private static IReadOnlyList<Figure> SetFigure(Content content, string field, JsonElement? set)
    {
        var (name, property) = FigureOf(field);
        var figure = content.Figures.FirstOrDefault(f => f.Name == name);
        if (property is not null && figure is null)
        {
            throw new FormatException("There is no such figure.");
        }

        var next = (property, set) switch
        {
            ("op", _) => figure! with { Op = Read<Comparison>(set) },
            ("unit", _) => figure! with { Unit = set is null ? null : Read<string>(set) },
            (_, null) => null,
            (_, { ValueKind: JsonValueKind.Object }) => Read<FigureInput>(set).ToFigure(name),
            _ => (figure ?? new Figure(name, 0)) with { Value = Read<decimal>(set) },
        };
        return figure is null
            ? next is null ? content.Figures : [.. content.Figures, next]
            : [.. from f in content.Figures let g = ReferenceEquals(f, figure) ? next : f where g is not null select g];
    }

    private static Figure? ReadFigure(JsonElement stated, string name)
    {
        try
        {
            return Read<FigureInput>(stated).ToFigure(name);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StatedTime? Time(JsonElement? set, TimeZoneInfo? zone) =>
        set is not { } time ? null
        : zone is not null ? StatedTime.Resolve(Read<TimeInput>(set), zone) ?? throw new FormatException("This is no date.")
        // Stored changes carry the interval that the zone gave when they were written. Clients cannot send one.
        : time.Deserialize<StatedTime>(DomainJson.Stored);

    private static T Read<T>(JsonElement? value) =>
        value is { } given ? given.Deserialize<T>(DomainJson.Wire) ?? throw new FormatException("A value is needed.") : throw new FormatException("A value is needed.");

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, DomainJson.Stored);

    private static string Expected(string field) => field switch
    {
        "modality" => "one of asserted, hedged, conditional, inferred.",
        "part" => "one of headline, body, quote, caption, image, video, post.",
        "attribution" => "a list of {party or description, role}.",
        ScopeFrom or ScopeTo => "a time such as 2018-08-03.",
        "topics" => "a list of words.",
        _ when field.EndsWith("/op", StringComparison.Ordinal) => "one of = ≈ ≤ ≥, on a figure that exists.",
        _ when IsFigure(field) && !field.EndsWith("/unit", StringComparison.Ordinal) => "a number, {value, op, unit}, or null to remove it.",
        _ => "a text.",
    };

    private sealed record FigureInput(decimal Value, Comparison Op = Comparison.Equal, string? Unit = null)
    {
        internal Figure ToFigure(string name) => new(name, Value, Op, Unit);
    }
}
