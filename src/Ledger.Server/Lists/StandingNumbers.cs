using System.Collections.Frozen;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// The words of a standing, as the numbers that the lists store. A number is smaller than a word, and an index over few different words is sorted by
/// comparing whole words. Whoever changes the order of the words must make a new version of the lists.
/// </summary>
internal static class StandingNumbers
{
    /// <summary>The words, by number.</summary>
    internal static readonly string[] Lifecycles = [.. Enum.GetNames<Lifecycle>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    private static readonly FrozenDictionary<string, short> Labels = StandingLabel.Precedence.Index().ToFrozenDictionary(l => l.Item, l => (short)l.Index, StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, int> FlagBits = StandingFlags.All.Index().ToFrozenDictionary(f => f.Item, f => 1 << f.Index, StringComparer.Ordinal);

    /// <summary>The place of a label in the precedence, and whether it speaks of a part.</summary>
    internal static (short Number, bool InPart) OfLabel(string label)
    {
        var inPart = label.EndsWith(StandingLabel.InPart, StringComparison.Ordinal);
        return (Labels[inPart ? label[..^StandingLabel.InPart.Length] : label], inPart);
    }

    internal static string Label(short number, bool inPart) => StandingLabel.Precedence[number] + (inPart ? StandingLabel.InPart : "");

    internal static short OfLifecycle(string word) => (short)Array.IndexOf(Lifecycles, word);

    internal static string WordOf(Lifecycle lifecycle) => Lifecycles[(int)lifecycle];

    /// <summary>A bit for each flag.</summary>
    internal static int OfFlag(string name) => FlagBits[name];

    internal static IReadOnlyList<string> Flags(int bits) => [.. StandingFlags.All.Where(f => (bits & FlagBits[f]) != 0)];
}
