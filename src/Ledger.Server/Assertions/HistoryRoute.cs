using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>One line of the audit trail: what was appended, by whom, when, on whose behalf, and what it changed.</summary>
public sealed record HistoryEntry
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required long Version { get; init; }

    public required long Position { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required string RecordedBy { get; init; }

    public string? OnBehalfOf { get; init; }

    public required JsonElement Data { get; init; }

    /// <summary>Fields of the content before and after this event.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>The label before and after; null when the event did not change it.</summary>
    public Change? Label { get; init; }

    /// <summary>Where the receipt of the event is.</summary>
    public required string Receipt { get; init; }

    internal static HistoryEntry Of(RecordedEvent e, Recorded recorded, Assertion before, Assertion after, RestrictedNow restricted)
    {
        var labelBefore = before.Claim is null ? null : StandingLabel.Of(before).Label;
        var labelAfter = StandingLabel.Of(after).Label;
        return new()
        {
            Id = e.Id,
            Type = e.Type,
            Version = e.Version,
            Position = e.Position,
            RecordedAt = e.RecordedAt,
            RecordedBy = e.Headers.RecordedBy,
            OnBehalfOf = e.Headers.OnBehalfOf,
            Data = LinkView.DataOf(e.Data, recorded.Event, restricted),
            Changes = recorded.Event switch
            {
                CorrectionIssued correction => correction.Changes,
                EntryAmended amended => [new(amended.Field, amended.Before, amended.After)],
                _ => [],
            },
            Label = labelBefore == labelAfter ? null : new("label", Element(labelBefore), Element(labelAfter)),
            Receipt = $"/v1/proofs/{e.Position}",
        };
    }

    private static JsonElement? Element(string? text) => text is null ? null : JsonSerializer.SerializeToElement(text);
}

/// <summary>The audit trail of one assertion: every event, including those of types that this version does not know.</summary>
internal static class HistoryRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/assertions/{id}/history", "Read the audit trail of an assertion", ReadAsync);

    private static async Task ReadAsync(ReadCall call)
    {
        var id = call.Route("id");
        var point = await call.PointAsync();
        call.Query.Done();
        await call.RequireReadableAsync(id);
        var (entries, version) = await EntriesAsync(call, id, point);
        await call.WriteViewAsync(new { id, entries, position = point.Position }, version, point.Position, isOfStreamAlone: false);
    }

    /// <summary>Every event that counts at a moment, oldest first, and the version after the last of them; 404 if there is none.</summary>
    internal static async Task<(IReadOnlyList<HistoryEntry> Entries, long Version)> EntriesAsync(ReadCall call, string id, ReadPoint point)
    {
        var restricted = await call.RestrictedAsync();
        var events = await call.Store.ReadStreamAsync(Ids.AssertionStream(id), toPosition: point.Position, cancellationToken: call.Cancelled);
        var entries = new List<HistoryEntry>(events.Count);
        var state = Assertion.None;
        foreach (var e in events)
        {
            var recorded = e.ToDomain();
            if (point.Counts(recorded))
            {
                var next = Assertion.Evolve(state, recorded);
                entries.Add(HistoryEntry.Of(e, recorded, state, next, restricted));
                state = next;
            }
        }

        return entries.Count > 0
            ? (entries, state.Version)
            : throw new ProblemException(Problem.NotFound($"No assertion {id} is recorded, or not by the moment asked for."));
    }
}
