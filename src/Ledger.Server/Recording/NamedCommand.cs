using System.Collections.Frozen;
using System.Text.Json;

namespace Ledger.Server;

/// <summary>
/// A command that is identified by its name and not by its route, such as a line of an import or a message. It holds what a client would send to the
/// command's route, and the key that makes it idempotent.
/// </summary>
internal record NamedCommand
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

    /// <summary>The command names by their snake_case form, which the type of a message uses.</summary>
    private static readonly FrozenDictionary<string, string> BySnakeCase = Routes.Keys.ToFrozenDictionary(JsonNamingPolicy.SnakeCaseLower.ConvertName, StringComparer.Ordinal);

    /// <summary>The commands whose decision needs only the state of their target and facts that never change.</summary>
    private static readonly FrozenSet<string> OnTargetAlone =
        FrozenSet.Create(StringComparer.Ordinal, "attachEvidence", "denyAssertion", "takePosition", "requestAction", "answerAction", "amendEntry");

    public required string Command { get; init; }

    public string? Target { get; init; }

    /// <summary>Makes the command idempotent. Without a key, a repeated command is recorded again if the rules allow it.</summary>
    public string? Key { get; init; }

    /// <summary>The body as it was sent.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The name of a command from its snake_case form. Null if there is no such command.</summary>
    internal static string? OfSnakeCase(string name) => BySnakeCase.GetValueOrDefault(name);

    /// <summary>
    /// Whether its decision needs only the state of its target and facts that never change. Such a command can be decided on a state that is not committed
    /// yet.
    /// </summary>
    internal bool IsOnTargetAlone => OnTargetAlone.Contains(Command);

    /// <summary>The pattern of the command's route.</summary>
    internal string Pattern => Routes.GetValueOrDefault(Command)
        ?? throw new ProblemException(Problem.BadRequest("unknown-command", $"{Command} is no command; there are {string.Join(", ", Routes.Keys)}.", "command"));

    /// <summary>The route with the target filled in.</summary>
    internal string Path => field ??= MakePath();

    private string MakePath()
    {
        var pattern = Pattern;
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        return open < 0 ? pattern
            : Target is { } target ? string.Concat(pattern.AsSpan(0, open), target, pattern.AsSpan(pattern.IndexOf('}', StringComparison.Ordinal) + 1))
            : throw new ProblemException(Problem.BadRequest("invalid", $"target: {Command} needs the id of what it is recorded on.", "target"));
    }
}
