using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>One command of an import: what the client would send to the command's own route, with the key that makes it repeatable.</summary>
internal sealed record ImportLine
{
    /// <summary>The commands by name, each with the route that takes its body.</summary>
    internal static IReadOnlyDictionary<string, string> Routes { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["recordParty"] = "/v1/parties",
        ["registerSource"] = "/v1/sources",
        ["captureVersion"] = "/v1/sources/{id}/versions",
        ["linkSource"] = "/v1/sources/{id}/links",
        ["recordClaim"] = "/v1/assertions",
        ["attachEvidence"] = "/v1/assertions/{id}/evidence",
        ["linkAssertion"] = "/v1/assertions/{id}/links",
        ["denyAssertion"] = "/v1/assertions/{id}/denials",
        ["takePosition"] = "/v1/assertions/{id}/positions",
        ["issueNotice"] = "/v1/notices",
        ["correctAssertion"] = "/v1/assertions/{id}/corrections",
        ["retractAssertion"] = "/v1/assertions/{id}/retraction",
        ["expressConcern"] = "/v1/assertions/{id}/concerns",
        ["requestAction"] = "/v1/assertions/{id}/requests",
        ["answerAction"] = "/v1/assertions/{id}/answers",
        ["amendEntry"] = "/v1/assertions/{id}/amendments",
        ["withdrawEvent"] = "/v1/events/{eventId}/withdrawal",
        ["restrictAccess"] = "/v1/restrictions",
        ["recordRetelling"] = "/v1/retellings",
    };

    public required string Command { get; init; }

    public string? Target { get; init; }

    /// <summary>Makes the line repeatable; without one, running the import again records it again where the rules allow.</summary>
    public string? Key { get; init; }

    public required JsonElement Body { get; init; }

    /// <summary>The pattern of the command's route.</summary>
    internal string Pattern => Routes.GetValueOrDefault(Command)
        ?? throw new ProblemException(Problem.BadRequest("unknown-command", $"{Command} is no command; there are {string.Join(", ", Routes.Keys)}.", "command"));

    /// <summary>The route with the target in its place.</summary>
    internal string Path
    {
        get
        {
            var pattern = Pattern;
            var open = pattern.IndexOf('{', StringComparison.Ordinal);
            return open < 0 ? pattern
                : Target is { } target ? pattern[..open] + target + pattern[(pattern.IndexOf('}', StringComparison.Ordinal) + 1)..]
                : throw new ProblemException(Problem.BadRequest("invalid", $"target: {Command} needs the id of what it is recorded on.", "target"));
        }
    }

    /// <summary>What the line writes to: lines that mention any of it wait for this one.</summary>
    internal IEnumerable<string> Written() => Body.ValueKind is not JsonValueKind.Object ? []
        : Target is not null ? [Target]
        : Body.TryGetProperty("items", out _) ? Mentioned()
        : Body.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String ? [id.GetString()!] : Mentioned();

    /// <summary>Everything in the line that may be the id of something: a word too many only makes it wait.</summary>
    internal IEnumerable<string> Mentioned() => (Target is null ? [] : new[] { Target }).Concat(Texts(Body));

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: <= 80 } text && (Ids.IsId(text) || Guid.TryParse(text, out _)) ? [text] : [],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Texts(p.Value)),
        _ => [],
    };
}
