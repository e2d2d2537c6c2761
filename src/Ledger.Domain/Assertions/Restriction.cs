namespace Ledger.Domain;

/// <summary>Why the public may not read an assertion or a source for now.</summary>
public enum RestrictionReason
{
    /// <summary>It is under embargo until a time.</summary>
    Embargo,

    /// <summary>It is held back because it is under doubt.</summary>
    Hold,

    /// <summary>It must not be used.</summary>
    Kill,

    /// <summary>The publisher took it down.</summary>
    Unpublished,

    /// <summary>The law requires the restriction.</summary>
    Legal,
}

/// <summary>
/// Access was restricted. Public reads then answer 451, or leave the assertion or source out, for past moments too. A withdrawal lifts the
/// restriction.
/// </summary>
public sealed record AccessRestricted : LedgerEvent
{
    /// <summary>The reason.</summary>
    public RestrictionReason Reason { get; init; }

    /// <summary>When the restriction ends; null means that it holds until it is withdrawn.</summary>
    public StatedTime? Until { get; init; }

    /// <summary>Whether the restriction holds at a moment.</summary>
    public bool HoldsAt(DateTimeOffset now) => Until is null || now < Until.To;
}

/// <summary>Restricts access to an assertion or a source.</summary>
public sealed record RestrictAccess : Command
{
    /// <summary>The assertion; null where a source is meant.</summary>
    public string? Assertion { get; init; }

    /// <summary>The source with all its assertions; null where one assertion is meant.</summary>
    public string? Source { get; init; }

    /// <summary>The reason.</summary>
    public required RestrictionReason Reason { get; init; }

    /// <summary>When the restriction ends; null means that it holds until it is withdrawn.</summary>
    public TimeInput? Until { get; init; }

    /// <summary>The stream that is restricted; null where neither an assertion nor a source is named.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? Stream => Assertion is not null ? Ids.AssertionStream(Assertion) : Source is not null ? Ids.SourceStream(Source) : null;

    internal override void Check(Checks checks)
    {
        checks.That(Assertion is null != Source is null, "assertion", "name either an assertion or a source.");
        if ((Assertion ?? Source) is { } id)
        {
            checks.Id(id, Assertion is null ? "source" : "assertion");
        }
    }

    /// <summary>The rule for a stream of either kind, assertion or source.</summary>
    internal static Decision Decide(Entries entries, string? publisher, RestrictAccess command, Circumstances c, Func<LedgerEvent, LedgerEvent> stamp)
    {
        if (c.Actor.Party is { } bound && bound != publisher)
        {
            return Decision.Refuse(RefusalCode.NotThePublisher, $"A key of {bound} restricts what {bound} publishes, and nothing else.");
        }

        var checks = new Checks();
        var until = Rules.Resolve(command.Until, "until", c, checks);
        checks.That(until is null || until.To > c.Now, "until", "is past; leave it out, or name a time to come.");
        var restriction = new AccessRestricted { Reason = command.Reason, Until = until };
        return checks.Refusal is { } refusal
            ? new Decision.Refused(refusal)
            : entries.Standing<AccessRestricted>().Any(r => Same.Event(r.Event, restriction)) ? Decision.Nothing : Decision.Accept(stamp(restriction));
    }
}
