using System.Globalization;

namespace Ledger.Domain;

/// <summary>The rules that apply to every command: valid fields, the bound party, and the times.</summary>
internal static class Rules
{
    /// <summary>Checks what all commands share and resolves their times. Then it calls the decider of the command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="c">The sender, the present time and the time zone.</param>
    /// <param name="fallback">The publication to assume where neither the command nor the cited version gives one.</param>
    /// <param name="decide">The decider of the command. It receives a function that puts the resolved times on an event.</param>
    internal static Decision Apply(Command command, Circumstances c, StatedTime? fallback, Func<Func<LedgerEvent, LedgerEvent>, Decision> decide)
    {
        var checks = new Checks();
        command.Check(checks);
        if (command.OnBehalfOf is { } party)
        {
            checks.Id(party, "onBehalfOf");
        }

        var occurred = Resolve(command.OccurredAt, "occurredAt", c, checks);
        var published = Resolve(command.PublishedAt, "publishedAt", c, checks);
        if (checks.Refusal is { } refusal)
        {
            return new Decision.Refused(refusal);
        }

        if (c.Actor.Party is { } bound && ((command.SpeaksFor ?? bound) != bound || (command.OnBehalfOf ?? bound) != bound))
        {
            return Decision.Refuse(RefusalCode.BoundToAnotherParty, $"This key acts for {bound} alone; use a key of the party that speaks.");
        }

        published ??= c.CitedPublication ?? fallback;
        if (published is not null && published.From > c.Now + Limits.ClockSkewMax)
        {
            return Decision.Refuse(RefusalCode.NotYetPublished,
                $"publishedAt {published.Value} lies in the future; for an embargo, record now and restrict access until then (/v1/restrictions).",
                "publishedAt");
        }

        return decide(e => e with { OccurredAt = occurred, PublishedAt = published });
    }

    /// <summary>Resolves one given time. It adds a complaint where the time names no moment of the calendar.</summary>
    internal static StatedTime? Resolve(TimeInput? input, string field, Circumstances c, Checks checks)
    {
        if (input is null)
        {
            return null;
        }

        var time = StatedTime.Resolve(input, c.Zone);
        checks.That(time is not null, field, int.TryParse(input.Value.AsSpan(0, Math.Min(4, input.Value.Length)), CultureInfo.InvariantCulture, out var year) && year > PartialDate.YearMax
            ? $"\"{input.Value}\" lies in the future; the last year that a date can name is {PartialDate.YearMax}."
            : $"\"{input.Value}\" is no date; write 2018, 2018-08, 2018-08-03 or 2018-08-03T14:05:00Z, a day that the calendar has.");
        return time;
    }
}
