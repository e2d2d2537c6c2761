using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace Ledger.Server;

/// <summary>
/// The query of a read. Code asks for every parameter by name. A parameter that no code asked for is refused, so that a misspelt filter never widens
/// an answer.
/// </summary>
internal sealed class Query(HttpContext context)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The request that the query belongs to.</summary>
    internal HttpContext Context { get; } = context;

    /// <summary>A parameter's text; null where it is absent.</summary>
    internal string? Text(string name)
    {
        _known.Add(name);
        return Context.Request.Query[name] switch
        {
            [] => null,
            [{ Length: > 0 } only] when CodePointsFine(only) => only,
            [_] => throw Invalid(name, "is empty or not well-formed; leave it out or give a value."),
            _ => throw Invalid(name, "appears twice; give it once."),
        };
    }

    /// <summary>A number between bounds.</summary>
    internal long Number(string name, long fallback, long min, long max) =>
        Text(name) is not { } text ? fallback
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
        : throw Invalid(name, $"is a whole number from {min} to {max}.");

    /// <summary>A list, comma-separated.</summary>
    internal IReadOnlyList<string> List(string name) => Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>One of a closed set of words.</summary>
    internal string? Word(string name, IEnumerable<string> allowed)
    {
        var text = Text(name);
        return text is null || allowed.Contains(text, StringComparer.Ordinal) ? text : throw Invalid(name, $"is one of {string.Join(", ", allowed)}.");
    }

    /// <summary>Some of a closed set of words, comma-separated.</summary>
    internal IReadOnlyList<string> Words(string name, IReadOnlyList<string> allowed)
    {
        var words = List(name);
        return words.All(w => allowed.Contains(w, StringComparer.Ordinal)) ? words : throw Invalid(name, $"is one or more of {string.Join(", ", allowed)}.");
    }

    /// <summary>Refuses every parameter that was not asked for.</summary>
    internal void Done()
    {
        foreach (var name in Context.Request.Query.Keys)
        {
            if (!_known.Contains(name))
            {
                throw new ProblemException(Problem.BadRequest("unknown-parameter",
                    $"{name} is no parameter of {Context.Request.Path}; it takes {(_known.Count == 0 ? "none" : string.Join(", ", _known.Order(StringComparer.Ordinal)))}.", name));
            }
        }
    }

    /// <summary>A link to the same read with some parameters set; one without a value is left out.</summary>
    internal string With(params (string Name, string? Value)[] changed)
    {
        var builder = new QueryBuilder(Context.Request.Query
            .Where(p => !changed.Any(c => c.Name == p.Key)).SelectMany(p => p.Value, (p, v) => KeyValuePair.Create(p.Key, v ?? "")));
        foreach (var (name, value) in changed)
        {
            if (value is not null)
            {
                builder.Add(name, value);
            }
        }

        return Context.Request.Path + builder.ToQueryString();
    }

    internal static ProblemException Invalid(string name, string message) =>
        new(Problem.BadRequest("invalid-parameter", $"{name} {message}", name));

    private static bool CodePointsFine(string text) => Domain.CodePoints.IsWellFormed(text);
}
