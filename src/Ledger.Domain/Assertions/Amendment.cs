using System.Text.Json;

namespace Ledger.Domain;

/// <summary>The recorder corrected a clerical mistake of its own. The publisher did nothing.</summary>
public sealed record EntryAmended : LedgerEvent
{
    /// <summary>The field, by the names that corrections use.</summary>
    public string Field { get; init; } = Erased.Text;

    /// <summary>The value that it replaces.</summary>
    public JsonElement? Before { get; init; }

    /// <summary>The value that holds from now on.</summary>
    public JsonElement? After { get; init; }

    /// <summary>The reason.</summary>
    public string Reason { get; init; } = Erased.Text;
}

/// <summary>Amends an entry.</summary>
public sealed record AmendEntry : Command
{
    /// <summary>The field, by the names that corrections use.</summary>
    public required string Field { get; init; }

    /// <summary>The value that it replaces.</summary>
    public JsonElement? Before { get; init; }

    /// <summary>The value that holds from now on.</summary>
    public JsonElement? After { get; init; }

    /// <summary>The reason.</summary>
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Reference> References => ContentFields.References([new(Field, Before, After)], "after");

    internal override void Check(Checks checks)
    {
        checks.Text(Reason, "reason", Limits.LineCodePointsMax);
        new Change(Field, Before, After).Check(checks, "");
    }

    internal static Decision Decide(Assertion state, AmendEntry command, Circumstances c) =>
        state.Apply(command, c, stamp =>
        {
            // An amendment speaks for whoever made the entry. A party with a key must not rewrite what others recorded about it.
            if (c.Actor.Party is { } bound && state.Claim!.RecordedBy != c.Actor.Principal && state.Claim.OnBehalfOf != bound)
            {
                return Decision.Refuse(RefusalCode.NotTheParty,
                    $"Another recorder made this entry: a key of {bound} amends its own alone. Deny it, or ask for a correction (POST …/requests).");
            }

            var change = new Change(command.Field, command.Before, command.After);
            var amended = new EntryAmended { Field = command.Field, Before = command.Before, After = change.Resolved(c.Zone).After, Reason = command.Reason };
            if (state.Amendments.Any(a => Same.Event((EntryAmended)a.Event, amended))
                && ContentFields.Holds(state.Content, command.Field, command.After))
            {
                return Decision.Nothing;
            }

            var (_, refused) = Change.ApplyAll(state.Content, [change], ContentFields.IsAmendable, c.Zone, "");
            return refused ?? Decision.Accept(stamp(amended));
        });
}
