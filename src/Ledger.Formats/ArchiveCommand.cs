using System.Text.Json.Nodes;

namespace Ledger.Formats;

/// <summary>One of the ledger's commands, as a line of an import names it.</summary>
/// <param name="Command">Its name, such as <c>registerSource</c>.</param>
/// <param name="Target">The id of what it is about, where it is about something that exists.</param>
/// <param name="Key">
/// Its idempotency key, made from the record's own identity and never from its place in the file: <c>retraction-watch:12345:retraction</c>.
/// The same record in another file, or in another order, has the same key.
/// </param>
/// <param name="Body">The body of the HTTP command.</param>
public sealed record ArchiveCommand(string Command, string? Target, string Key, JsonObject Body)
{
    /// <summary>
    /// Whether it only brings into being what the body's id names (a party, a source, a version, a claim), so that it is left out where that
    /// exists already: two records that mention the same work in other words are no contradiction.
    /// </summary>
    public bool IfAbsent { get; init; }

    /// <summary>
    /// The key of an earlier command whose event this one names: the import puts that event's id in the place of <c>{event}</c> in the
    /// path. A reinstatement is <c>withdrawEvent</c> of the event of its retraction.
    /// </summary>
    public string? Withdraws { get; init; }

    /// <summary>
    /// What is withdrawn where <see cref="Withdraws"/> is null, or names a command that recorded no event (another archive had told the same
    /// before): the newest open event of a type on an assertion. A record that finds none is refused.
    /// </summary>
    public OpenEvent? WithdrawsOpen { get; init; }
}

/// <summary>The newest event of a type that stands on an assertion.</summary>
/// <param name="Assertion">The assertion's id, as the record's commands name it.</param>
/// <param name="EventType">The stored type, such as <c>retraction_issued</c>.</param>
public sealed record OpenEvent(string Assertion, string EventType);
