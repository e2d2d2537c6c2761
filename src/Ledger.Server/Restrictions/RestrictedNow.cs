using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>What the public may not read at this moment, whatever moment it asks about.</summary>
internal sealed record RestrictedNow(IReadOnlySet<string> Assertions, IReadOnlySet<string> Sources)
{
    private const string SourceTag = "source:";

    internal static RestrictedNow Nothing { get; } = new(new HashSet<string>(), new HashSet<string>());

    internal bool IsEmpty => Assertions.Count + Sources.Count == 0;

    /// <summary>Whether an assertion is restricted, itself or through its source.</summary>
    internal bool Hides(string assertion, string? source) => Assertions.Contains(assertion) || (source is not null && Sources.Contains(source));

    /// <summary>Whether a recorded event belongs to something restricted.</summary>
    internal bool Hides(RecordedEvent e)
    {
        var (type, id) = Ids.OfStream(e.Stream);
        return type switch
        {
            "assertion" => Assertions.Contains(id)
                || (Sources.Count > 0 && e.Headers.Tags.Any(t => t.StartsWith(SourceTag, StringComparison.Ordinal) && Sources.Contains(t[SourceTag.Length..]))),
            "source" => Sources.Contains(id),
            _ => false,
        };
    }
}
