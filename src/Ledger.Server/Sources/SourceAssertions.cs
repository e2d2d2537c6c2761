using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Reads the assertions of a source as they were at a moment.</summary>
internal static class SourceAssertions
{
    /// <summary>More assertions than any article has. The assertions of a dataset are read with the list.</summary>
    internal const int AssertionsMax = 2_000;

    /// <summary>
    /// Waits, for a bounded time, until the projection has reached the moment. Then folds the assertions that the reader may see, in the order of
    /// recording.
    /// </summary>
    internal static async Task<IReadOnlyList<Assertion>> AtAsync(ReadCall call, string source, ReadPoint point)
    {
        await call.Service<ProjectionPositions>().ForAsync(DocumentProjection.ProgressName, point.Position, 0, call.Cancelled);
        var restricted = await call.RestrictedAsync();
        var ids = new List<string>();
        await using (var command = call.Store.DataSource.CreateCommand(
            "select assertion from ledger_read.claim where source = $1 and from_pos <= $2 order by from_pos limit $3"))
        {
            command.Parameters.Add(new() { Value = source });
            command.Parameters.Add(new() { Value = point.Position });
            command.Parameters.Add(new() { Value = AssertionsMax });
            await using var reader = await command.ExecuteReaderAsync(call.Cancelled);
            while (await reader.ReadAsync(call.Cancelled))
            {
                ids.Add(reader.GetString(0));
            }
        }

        var states = await FoldAsync(call, ids, point);
        return [.. ids.Where(states.ContainsKey).Select(id => states[id]).Where(s => !restricted.Hides(s.Id, source))];
    }

    /// <summary>Folds several assertions at a moment, with one query. Assertions that had no claim by then are left out.</summary>
    internal static async Task<Dictionary<string, Assertion>> FoldAsync(ReadCall call, IReadOnlyCollection<string> ids, ReadPoint point)
    {
        var events = await call.Store.ReadStreamsAsync([.. ids.Select(Ids.AssertionStream)], point.Position, call.Cancelled);
        List<Assertion> states = [.. events.GroupBy(e => e.Stream).Select(g => Assertion.Fold(g.Select(e => e.ToDomain()).Where(point.Counts))).Where(s => s.Claim is not null)];
        return (await PinnedEvidenceQuery.SearchedAsync(call, states, point)).ToDictionary(s => s.Id, StringComparer.Ordinal);
    }
}
