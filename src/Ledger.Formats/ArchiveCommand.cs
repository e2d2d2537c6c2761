using System.Text.Json.Nodes;

namespace Ledger.Formats;

/// <summary>One command of the ledger, in the form that a line of an import has.</summary>
/// <param name="Command">Its name, such as <c>registerSource</c>.</param>
/// <param name="Target">The id of the thing that the command is about; null where it is about nothing that exists yet.</param>
/// <param name="Key">
/// Its idempotency key, made from the record's own identity and never from its place in the file, such as <c>retraction-watch:12345:retraction</c>.
/// The same record in another file, or in another order, has the same key.
/// </param>
/// <param name="Body">The body of the HTTP command.</param>
public sealed record ArchiveCommand(string Command, string? Target, string Key, JsonObject Body)
{
    /// <summary>
    /// Whether the command only creates what the body's id names (a party, a source, a version, a claim). Such a command is left out where that
    /// exists already, so that two records may mention the same work in different words.
    /// </summary>
    public bool IfAbsent { get; init; }

    /// <summary>
    /// The key of an earlier command whose event this one names. The import replaces <c>{event}</c> in the path by that event's
    /// id. A reinstatement, for example, is a <c>withdrawEvent</c> of the event of the retraction.
    /// </summary>
    public string? Withdraws { get; init; }

    /// <summary>
    /// What is withdrawn where <see cref="Withdraws"/> is null, or names a command that recorded no event (because another archive said the same
    /// before). It is the newest open event of a type on an assertion. Where there is none, the record is refused.
    /// </summary>
    public OpenEvent? WithdrawsOpen { get; init; }
}

/// <summary>The newest open event of a type on an assertion.</summary>
/// <param name="Assertion">The assertion's id, as the record's commands name it.</param>
/// <param name="EventType">The stored type, such as <c>retraction_issued</c>.</param>
public sealed record OpenEvent(string Assertion, string EventType);
