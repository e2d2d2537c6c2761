namespace Ledger.Store;

/// <summary>A batch laid out by column, as <c>ledger.append_batch</c> takes it. The comment of that function explains each column.</summary>
internal sealed class BatchColumns
{
    private readonly Dictionary<string, int> streams = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Principal, string Key), int> keys = [];

    public List<string> StreamIds { get; } = [];

    public List<string> StreamTypes { get; } = [];

    public List<string?> Principals { get; } = [];

    public List<string?> Keys { get; } = [];

    public List<byte[]?> Fingerprints { get; } = [];

    public List<string?> Answers { get; } = [];

    public List<int?> Twins { get; } = [];

    public List<long?> Afters { get; } = [];

    public List<int> LastWrites { get; } = [];

    public List<int> ConditionRequests { get; } = [];

    public List<string> ConditionTypes { get; } = [];

    public List<int> WriteStreams { get; } = [];

    public List<long?> ExpectedVersions { get; } = [];

    public List<Guid?> Follows { get; } = [];

    public List<int> LastEvents { get; } = [];

    public List<int> EventWrites { get; } = [];

    public List<Guid> EventIds { get; } = [];

    public List<string> EventTypes { get; } = [];

    public List<byte[]> Data { get; } = [];

    public List<byte[]> Headers { get; } = [];

    public List<string?> Correlations { get; } = [];

    public List<string?> Causations { get; } = [];

    public static BatchColumns From(IReadOnlyList<PendingAppend> batch)
    {
        var columns = new BatchColumns();
        foreach (var pending in batch)
        {
            columns.Add(pending);
        }

        return columns;
    }

    private void Add(PendingAppend pending)
    {
        var request = pending.Request;
        AddKey(request.Key);
        Answers.Add(request.Answer);
        Afters.Add(request.Condition?.AfterPosition);
        foreach (var type in request.Condition?.Types ?? [])
        {
            ConditionRequests.Add(Afters.Count);
            ConditionTypes.Add(type);
        }

        var correlation = request.CorrelationId?.ToString();
        var causation = request.CausationId?.ToString();
        var header = 0;
        foreach (var write in request.Writes)
        {
            WriteStreams.Add(StreamOrdinal(write));
            ExpectedVersions.Add(write.ExpectedVersion);
            Follows.Add(write.Follows);
            foreach (var e in write.Events)
            {
                EventWrites.Add(WriteStreams.Count);
                EventIds.Add(e.Id);
                EventTypes.Add(e.Type);
                Data.Add(e.Data);
                Headers.Add(pending.Headers[header++]);
                Correlations.Add(correlation);
                Causations.Add(causation);
            }

            LastEvents.Add(EventIds.Count);
        }

        LastWrites.Add(WriteStreams.Count);
    }

    private void AddKey(CommandKey? key)
    {
        Principals.Add(key?.Principal);
        Keys.Add(key?.Key);
        Fingerprints.Add(key?.Fingerprint);
        if (key is null)
        {
            Twins.Add(null);
            return;
        }

        Twins.Add(keys.TryGetValue((key.Principal, key.Key), out var twin) ? twin : null);
        keys[(key.Principal, key.Key)] = Keys.Count;
    }

    private int StreamOrdinal(StreamWrite write)
    {
        if (!streams.TryGetValue(write.Stream, out var ordinal))
        {
            StreamIds.Add(write.Stream);
            StreamTypes.Add(write.StreamType);
            ordinal = StreamIds.Count;
            streams.Add(write.Stream, ordinal);
        }

        return ordinal;
    }
}
