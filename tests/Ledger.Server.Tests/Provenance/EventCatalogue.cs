using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ledger.Domain;

namespace Ledger.Server.Tests;

/// <summary>docs/events.md from the event classes: each with its fields and an example with every field filled in.</summary>
internal static class EventCatalogue
{
    private static readonly JsonSerializerOptions Indented = new(DomainJson.Stored) { WriteIndented = true };

    internal static string Markdown()
    {
        var text = new StringBuilder("""
            # Events

            Every event that the ledger appends, with its own fields and an example of its `data`. This page is made from the code by a test,
            which fails when it is stale; `LEDGER_WRITE_DOCS=1 dotnet test tests/Ledger.Server.Tests --filter FullyQualifiedName~EventCatalogueTests` writes it again. Every event may also carry `occurredAt` and `publishedAt`: a time as stated, with the interval that it names.


            """);
        foreach (var (name, type) in EventTypes.All.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"## {type.Name}\n\n`{name}`, outside `{CloudEvent.TypeOf(name)}`\n\n| field | type |\n|---|---|\n");
            foreach (var property in DomainJson.Stored.GetTypeInfo(type).Properties.Where(p => p.Name is not ("occurredAt" or "publishedAt")))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {property.Name} | {Name(property.PropertyType)} |\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"\n```json\n{JsonSerializer.Serialize(Example(type), type, Indented)}\n```\n\n");
        }

        return text.ToString().TrimEnd() + "\n";
    }

    /// <summary>An event of a type with a value in every field that can hold one.</summary>
    internal static LedgerEvent Example(Type type) => (LedgerEvent)Fill(type);

    private static object Fill(Type type)
    {
        var contract = DomainJson.Stored.GetTypeInfo(type);
        var json = contract.Properties.Where(p => p.Set is not null || contract.Properties.Count > 0)
            .ToDictionary(p => p.Name, p => Value(p.PropertyType, p.Name));
        return JsonSerializer.Deserialize(JsonSerializer.Serialize(json, DomainJson.Stored), type, DomainJson.Stored)!;
    }

    private static object? Value(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when name == "version" && type == typeof(int) => 1,
            _ when type == typeof(string) => name switch
            {
                "sha256" or "foldedSha256" => new string('a', 64),
                _ when name.EndsWith("url", StringComparison.OrdinalIgnoreCase) => "https://example.org/",
                "timeZone" => "Europe/London",
                "language" => "en",
                "assertion" or "upstream" => "t06",
                "causeType" or "eventType" => "denial_recorded",
                _ => name,
            },
            _ when type == typeof(Guid) => "01890a5d-ac96-774b-bcce-b302099a8057",
            _ when type == typeof(bool) => true,
            _ when type.IsPrimitive || type == typeof(decimal) => 41,
            _ when type.IsEnum => Enum.GetValues(type).GetValue(0),
            _ when type == typeof(DateTimeOffset) => "2018-08-03T00:00:00.000000Z",
            _ when type == typeof(JsonElement) => 1237,
            _ when type == typeof(StatedTime) => new StatedTime("2018-08-03", Basis.Stated, At(3), At(4)),
            _ when type == typeof(LinkTarget) => "t06",
            _ when type == typeof(Contests) => "whole",
            _ when type == typeof(VersionReference) => new VersionReference("telegraph-online", null),
            _ when type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) => new[] { Value(type.GetGenericArguments()[0], name) },
            _ => Fill(type),
        };
    }

    private static DateTimeOffset At(int day) => new(2018, 8, day, 0, 0, 0, TimeSpan.Zero);

    private static string Name(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsEnum ? string.Join(" · ", Enum.GetNames(inner).Select(n => inner.GetField(n)!.GetCustomAttributes(false).OfType<JsonStringEnumMemberNameAttribute>().FirstOrDefault()?.Name
                ?? JsonNamingPolicy.CamelCase.ConvertName(n)))
            : inner != typeof(string) && inner.IsAssignableTo(typeof(IEnumerable)) && inner.IsGenericType ? $"list of {Name(inner.GetGenericArguments()[0])}"
            : inner == typeof(JsonElement) ? "any JSON"
            : inner == typeof(Guid) ? "event id"
            : inner == typeof(long) || inner == typeof(int) || inner == typeof(decimal) ? "number"
            : inner == typeof(string) ? "text" : inner == typeof(bool) ? "true or false" : inner == typeof(DateTimeOffset) ? "instant" : inner.Name;
    }
}
