using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Domain;

/// <summary>One field before and after a change; null means that the field is absent.</summary>
/// <param name="Field">The field, by the names of <see cref="ContentFields"/>.</param>
/// <param name="Before">The value that it replaces.</param>
/// <param name="After">The value that holds from now on.</param>
public sealed record Change(string Field, JsonElement? Before = null, JsonElement? After = null)
{
    /// <summary>A member's path in the body. The body of an amendment is itself the change, so its members have no prefix.</summary>
    private static string At(string name, string member) => name.Length == 0 ? member : $"{name}.{member}";

    /// <summary>Checks what can be checked before the field's current value is known.</summary>
    internal void Check(Checks checks, string name)
    {
        checks.OptionalJson(Before, At(name, "before"));
        checks.OptionalJson(After, At(name, "after"));
    }

    /// <summary>Applies changes to a content, in order. The first change that does not fit gives a refusal.</summary>
    internal static (Content Content, Decision? Refused) ApplyAll(
        Content content, IReadOnlyList<Change> changes, Func<string, bool> allowed, TimeZoneInfo zone, string name)
    {
        foreach (var change in changes)
        {
            if (!allowed(change.Field))
            {
                return (content, Decision.Refuse(RefusalCode.Invalid,
                    $"{At(name, "field")}: \"{change.Field}\" cannot be changed; use proposition, modality, part, attribution, scope.place, scope.from, scope.to, "
                    + "figures/{name}, figures/{name}/op or figures/{name}/unit.", At(name, "field")));
            }

            var current = ContentFields.Get(content, change.Field);
            if (!ContentFields.Holds(content, change.Field, change.Before))
            {
                return (content, new Decision.Refused(new(RefusalCode.StaleBefore,
                    $"{change.Field} is {current?.ToJsonString(DomainJson.Stored) ?? "absent"} now, not what before says; read the assertion again and send its current value.",
                    At(name, "before"))
                { Current = current }));
            }

            if (ContentFields.Holds(content, change.Field, change.After))
            {
                return (content, Decision.Refuse(RefusalCode.Invalid, $"{At(name, "after")}: equals before; leave the change out.", At(name, "after")));
            }

            var checks = new Checks();
            var next = ContentFields.Set(content, change.Field, change.After, zone, checks, At(name, "after"));
            if (next is null || checks.Refusal is not null)
            {
                return (content, new Decision.Refused(checks.Refusal!));
            }

            content = next;
        }

        return content.Scope is { From: { } from, To: { } to } && from.From >= to.To
            ? (content, Decision.Refuse(RefusalCode.Invalid, $"{At(name, "after")}: scope.to lies before scope.from; change both.", At(name, "after")))
            : (content, null);
    }

    /// <summary>Applies stored changes in a fold. A change that no longer fits leaves the field as it is.</summary>
    internal static Content Fold(Content content, IEnumerable<Change> changes)
    {
        foreach (var change in changes)
        {
            content = ContentFields.Restore(content, change.Field, change.After) ?? content;
        }

        return content;
    }

    /// <summary>The change as it is stored. A partial date carries the interval that it names in the zone, so that no fold needs the zone.</summary>
    internal Change Resolved(TimeZoneInfo zone)
    {
        if (Field is not ("scope.from" or "scope.to") || After is not { } after)
        {
            return this;
        }

        var content = ContentFields.Set(new Content { Proposition = Field }, Field, after, zone, new Checks(), Field);
        var time = Field == "scope.from" ? content?.Scope?.From : content?.Scope?.To;
        return time is null ? this : this with { After = JsonSerializer.SerializeToElement(time, DomainJson.Stored) };
    }
}
