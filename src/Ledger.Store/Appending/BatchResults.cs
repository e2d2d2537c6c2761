using System.Diagnostics;
using Npgsql;

namespace Ledger.Store;

/// <summary>Combines the rows of <c>ledger.append_batch</c> into one result for each request.</summary>
internal sealed class BatchResults
{
    // The columns of the table that the function returns.
    private const int RequestColumn = 0, StatusColumn = 1, PartColumn = 2, VersionColumn = 3, PositionColumn = 4, RecordedAtColumn = 5,
        StreamColumn = 6, EventIdColumn = 7, EventTypeColumn = 8, AnswerColumn = 9;

    private readonly IReadOnlyList<PendingAppend> batch;
    private readonly AppendResult?[] results;
    private readonly List<EventPosition>?[] events;
    private readonly List<(StreamWrite Write, int Offset)> writes = [];

    public BatchResults(IReadOnlyList<PendingAppend> batch)
    {
        this.batch = batch;
        results = new AppendResult?[batch.Count];
        events = new List<EventPosition>?[batch.Count];
        foreach (var pending in batch)
        {
            var offset = 0;
            foreach (var write in pending.Request.Writes)
            {
                writes.Add((write, offset));
                offset += write.Events.Count;
            }
        }
    }

    public void Add(NpgsqlDataReader row)
    {
        var request = row.GetInt32(RequestColumn) - 1;
        var part = row.GetInt32(PartColumn);
        switch (row.GetInt16(StatusColumn))
        {
            case 1:
                results[request] ??= new AppendResult.Appended(events[request] = [], batch[request].Request.Answer, Replayed: false);
                if (part > 0)
                {
                    AddAppended(events[request]!, part - 1, row);
                }

                break;
            case 2:
                results[request] ??= new AppendResult.Appended(
                    events[request] = [], row.IsDBNull(AnswerColumn) ? null : row.GetString(AnswerColumn), Replayed: true);
                if (part > 0)
                {
                    AddRepeated(events[request]!, part - 1, row);
                }

                break;
            case 3:
                results[request] = new AppendResult.VersionConflict(row.GetString(StreamColumn), row.GetInt64(VersionColumn));
                break;
            case 4:
                results[request] = new AppendResult.ConditionFailed(row.GetInt64(PositionColumn));
                break;
            case 5:
                results[request] = new AppendResult.KeyReused();
                break;
            default:
                throw new UnreachableException();
        }
    }

    public AppendResult[] ToArray() =>
        Array.ConvertAll(results, r => r ?? throw new InvalidOperationException("append_batch left a request without an answer."));

    private void AddAppended(List<EventPosition> appended, int write, NpgsqlDataReader row)
    {
        var (streamWrite, offset) = writes[write];
        var version = row.GetInt64(VersionColumn);
        var position = row.GetInt64(PositionColumn);
        var recordedAt = row.GetFieldValue<DateTimeOffset>(RecordedAtColumn);
        for (var i = 0; i < streamWrite.Events.Count; i++)
        {
            var e = streamWrite.Events[i];
            Insert(appended, offset + i, new(
                e.Id, streamWrite.Stream, version + i + 1, position + i, e.Type, recordedAt.AddMicroseconds(i)));
        }
    }

    private static void AddRepeated(List<EventPosition> repeated, int ordinal, NpgsqlDataReader row) =>
        Insert(repeated, ordinal, new(
            row.GetGuid(EventIdColumn), row.GetString(StreamColumn), row.GetInt64(VersionColumn), row.GetInt64(PositionColumn),
            row.GetString(EventTypeColumn), row.GetFieldValue<DateTimeOffset>(RecordedAtColumn)));

    /// <summary>Puts an event at its place, because the function does not promise the order of its rows.</summary>
    private static void Insert(List<EventPosition> list, int ordinal, EventPosition position)
    {
        while (list.Count <= ordinal)
        {
            list.Add(position);
        }

        list[ordinal] = position;
    }
}
