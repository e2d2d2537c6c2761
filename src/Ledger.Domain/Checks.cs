using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Ledger.Domain;

/// <summary>Collects everything that is wrong with the fields of a command, so that the sender learns all of it at once.</summary>
public sealed class Checks
{
    private readonly List<(string Field, string Message)> _found = [];

    /// <summary>The collected complaints as one refusal; null when there are none.</summary>
    public Refusal? Refusal =>
        _found is [var first, ..] ? new(RefusalCode.Invalid, $"{first.Field}: {first.Message}", first.Field) { Others = _found } : null;

    /// <summary>Adds a complaint about a field when the condition does not hold.</summary>
    public void That(bool condition, string field, string message)
    {
        if (!condition)
        {
            _found.Add((field, message));
        }
    }

    /// <summary>The same, with a message that is formatted only where the condition does not hold. Nearly every check holds.</summary>
    public void That(bool condition, string field, [InterpolatedStringHandlerArgument(nameof(condition))] ref Complaint message)
    {
        if (!condition)
        {
            _found.Add((field, message.Take()));
        }
    }

    /// <summary>Checks a required text: present, not blank, and at most so many code points long.</summary>
    public void Text(string? value, string field, int codePointsMax)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            That(false, field, "is required; give a text that is not blank.");
            return;
        }

        OptionalText(value, field, codePointsMax);
    }

    /// <summary>Checks an optional text: absent, or neither blank nor longer than so many code points.</summary>
    public void OptionalText(string? value, string field, int codePointsMax)
    {
        if (value is null)
        {
            return;
        }

        That(!string.IsNullOrWhiteSpace(value), field, "is blank; leave it out or say something.");
        That(value.Length <= codePointsMax || CodePoints.Count(value) <= codePointsMax, field,
            $"has more than {codePointsMax} code points; shorten it.");
        That(CodePoints.IsWellFormed(value), field, "holds a lone surrogate or a NUL; send well-formed Unicode text.");
    }

    /// <summary>Checks an id that a client chose.</summary>
    public void Id(string? value, string field) =>
        That(value is not null && Ids.IsId(value), field, "must match [a-z0-9][a-z0-9-]{1,79}: lower-case letters, digits and dashes.");

    /// <summary>Checks a list: at most <paramref name="max"/> items, none of them null.</summary>
    /// <returns>The items to check further, without nulls; empty where the list is too long.</returns>
    public IEnumerable<T> Items<T>(IReadOnlyList<T>? items, string field, int max = Limits.ItemsMax)
    {
        var bounded = (items?.Count ?? 0) <= max;
        That(bounded, field, $"has more than {max} items; send several requests.");
        That(items is null || items.All(x => x is not null), field, "holds a null; leave it out.");
        return items is null || !bounded ? [] : items.Where(x => x is not null);
    }

    /// <summary>
    /// Checks a value whose form depends on the field that it belongs to: it is bounded, and its text is well formed.
    /// At any depth, a JSON escape may hold what neither .NET nor PostgreSQL can hold as text.
    /// </summary>
    public void OptionalJson(JsonElement? value, string field)
    {
        if (value is not { } given)
        {
            return;
        }

        That(CodePoints.Count(given.GetRawText()) <= Limits.ValueCodePointsMax, field,
            $"has more than {Limits.ValueCodePointsMax} code points of JSON; shorten it.");
        That(CodePoints.IsWellFormed(given), field, "holds a lone surrogate or a NUL; send well-formed Unicode text.");
    }

    /// <summary>Checks an optional absolute http or https URL.</summary>
    public void OptionalUrl(string? value, string field)
    {
        OptionalText(value, field, Limits.LineCodePointsMax);
        That(value is null || (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"), field,
            "must be an absolute http or https address.");
    }
}

/// <summary>An interpolated message that is not formatted where the condition of the check holds.</summary>
[InterpolatedStringHandler]
public ref struct Complaint
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    public Complaint(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = isNeeded ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    internal string Take() => _text.ToStringAndClear();
}
