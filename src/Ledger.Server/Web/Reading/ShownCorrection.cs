using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>A field before and after. For a text, it also has the words that changed.</summary>
public sealed record ShownChange(string Field, string Before, string After, IReadOnlyList<WordRun> Words);

/// <summary>A notice with what it changed, as a page shows it.</summary>
public sealed record ShownCorrection(CorrectionView View, IReadOnlyList<ShownChange> Changes)
{
    internal static ShownCorrection Of(CorrectionView view) => new(view, [.. view.Changes.Select(Of)]);

    /// <summary>Compares texts word by word. A number is one word.</summary>
    internal static ShownChange Of(Change change)
    {
        var (before, after) = (Words.Value(change.Before), Words.Value(change.After));
        return new(change.Field, before, after, change is { Before.ValueKind: JsonValueKind.String, After.ValueKind: JsonValueKind.String } ? AssertionDiff.Words(before, after) : []);
    }
}
