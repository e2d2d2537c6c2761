using System.Text.Json.Nodes;
using Ledger.Domain;
using Microsoft.OpenApi;

namespace Ledger.Server;

/// <summary>
/// The parameters of every route, for the description of the API. A test asks each route which ones it takes, so that none is missing and none is too
/// many.
/// </summary>
internal static class ApiParameters
{
    private static readonly string[] Moments = ["asOf", "knownAt"];
    private static readonly string[] Flags = ["true", "false"];
    private static readonly string[] Page = ["limit", "cursor", "minPosition"];
    private static readonly string[] Filters = ["types", "stream", "source", "publisher", "party", "topic", "materiality"];

    private const string Import = "POST /v1/import";

    /// <summary>The query parameters of each route. Reads are listed by path, other routes by method and path.</summary>
    private static readonly Dictionary<string, string[]> InQuery = new(StringComparer.Ordinal)
    {
        ["/v1/parties"] = [.. Moments, .. Page],
        ["/v1/parties/{id}"] = Moments,
        ["/v1/sources"] = [.. Moments, .. Page, "publisher"],
        ["/v1/sources/{id}"] = Moments,
        ["/v1/sources/{id}/versions"] = Moments,
        ["/v1/sources/{id}/comparison"] = [.. Moments, "with"],
        ["/v1/assertions"] = [.. Moments, .. Page, "source", "publisher", "party", "topic", "label", "flag", "lifecycle", "q", "validAt", "order"],
        ["/v1/assertions/{id}"] = [.. Moments, "validAt", "version"],
        ["/v1/assertions/{id}/history"] = Moments,
        ["/v1/assertions/{id}/diff"] = [.. Moments, "from", "to"],
        ["/v1/assertions/{id}/provenance"] = [.. Moments, "depth", "direction"],
        ["/v1/changes"] = ["from", "to", "asOf", "limit", "cursor"],
        ["/v1/events"] = ["after", "limit", "wait", .. Filters],
        ["/v1/events/stream"] = ["after", .. Filters],
        ["/v1/unanswered"] = [.. Moments, .. Page, "publisher", "flag"],
        ["/v1/status"] = [.. Moments, "url", "sha256", "source"],
        ["/v1/export"] = [.. Moments, "format"],
        ["/v1/audit"] = [.. Moments, "actor", "publisher", "type", "from", "to", "after", "limit"],
        ["/v1/certificates"] = ["url", "assertion", "at"],
        ["/v1/proofs/consistency"] = ["from", "to"],
        ["/v1/subscriptions/{id}/deliveries"] = ["state", "after", "limit"],
        ["/feeds/corrections.atom"] = ["publisher", "materiality", "before", "beforeLate"],
        [Import] = ["format", "plan", "publisher", "base", "inferLinks", "mapping"],
        ["/feeds/corrections.json"] = ["publisher", "materiality", "before", "beforeLate"],
    };

    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["asOf"] = "What the ledger said then: a position of the log, or a time as in 2018-08-03T14:05:00Z.",
        ["knownAt"] = "Of that, what the public could know then: a time, a day, a month or a year.",
        ["validAt"] = "Assertions that speak of that time.",
        ["limit"] = "How many at most.",
        ["cursor"] = "The `next` of the page before.",
        ["minPosition"] = "The answer holds at least what stands up to this position: that of a write, to read it back.",
        ["after"] = "Only what stands after this position.",
        ["before"] = "Only what stands before this position.",
        ["beforeLate"] = "Only late entries before this position.",
        ["wait"] = "How long to wait for something new, as in 30s.",
        ["from"] = "Where it begins: a position; on some reads a time or a version.",
        ["to"] = "Where it ends: a position; on some reads a time or a version.",
        ["q"] = "Words to search for.",
        ["version"] = "The version of the assertion to read.",
        ["with"] = "The other source.",
        ["depth"] = "How many links far.",
        ["types"] = "Types of events, separated by commas.",
        ["type"] = "Types of events, separated by commas.",
        ["materiality"] = "Only corrections of this weight: substantive, minor, or both.",
        ["at"] = "The moment that the certificate is of.",
        ["actor"] = "The principal that recorded it.",
        ["plan"] = "Answers what would be recorded, and records nothing. Only with the format of an archive.",
        ["publisher"] = "The publisher's id.",
        ["base"] = "The address that relative links of the archive stand on.",
        ["inferLinks"] = "Links claims with the same words, with the basis inferred.",
        ["mapping"] = "For the format csv: the columns and the fields that they fill, as JSON.",
    };

    private static readonly Dictionary<string, IReadOnlyList<string>> WordsOf = new(StringComparer.Ordinal)
    {
        ["label"] = StandingLabel.Precedence,
        ["lifecycle"] = StandingNumbers.Lifecycles,
        ["order"] = ["changed", "-changed"],
        ["direction"] = ["up", "down", "both"],
        ["format"] = ExportRoute.Formats,
        [Import + " format"] = [ImportRoute.Lines, .. ArchiveRoute.Names],
        ["plan"] = Flags,
        ["inferLinks"] = Flags,
        ["state"] = [Delivery.Pending, Delivery.Parked, Delivery.Delivered, Delivery.Skipped],
    };

    private static readonly HashSet<string> Numbers = new(["limit", "minPosition", "after", "before", "beforeLate", "version", "depth", "position"], StringComparer.Ordinal);

    /// <summary>The query parameters of a route. A read is named by its path, another route by its method and path.</summary>
    internal static IEnumerable<OpenApiParameter> OfQuery(string path) =>
        InQuery.GetValueOrDefault(path, []).Select(name => new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Query,
            Required = (path, name) is ("/v1/changes", "from") or ("/v1/sources/{id}/comparison", "with"),
            Description = Meanings.GetValueOrDefault(name),
            Schema = SchemaOf(name, path),
        });

    /// <summary>A part of the path.</summary>
    internal static OpenApiParameter OfPath(string name) => new() { Name = name, In = ParameterLocation.Path, Required = true, Schema = SchemaOf(name) };

    /// <summary>The headers that every command takes.</summary>
    internal static IEnumerable<OpenApiParameter> OfCommand() =>
    [
        new() { Name = "Idempotency-Key", In = ParameterLocation.Header, Description = "A quoted string; the same key and body get the first answer again.", Schema = SchemaOf("key") },
        new() { Name = "If-Match", In = ParameterLocation.Header, Description = "The quoted version that the stream must still have.", Schema = SchemaOf("version of a stream") },
    ];

    private static OpenApiSchema SchemaOf(string name, string path = "") =>
        Numbers.Contains(name) ? new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" }
        : new() { Type = JsonSchemaType.String, Enum = (WordsOf.GetValueOrDefault($"{path} {name}") ?? WordsOf.GetValueOrDefault(name))?.Select(word => (JsonNode)word).ToList() };
}
