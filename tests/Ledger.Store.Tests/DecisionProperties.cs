using FsCheck;
using FsCheck.Fluent;
using Ledger.Testing;

namespace Ledger.Store.Tests;

/// <summary>
/// Whatever is queued at once, the batch decides as if each request had been alone: compared with a model of a few
/// lines, over requests that share streams, keys and conditions more often than any service would.
/// </summary>
public sealed class DecisionProperties
{
    private const int Runs = 60;

    [Fact]
    public async Task A_batch_decides_like_one_request_after_the_other()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var store = db.OpenStore();
        var model = new Model();
        var write =
            from stream in Gen.Choose(0, 4)
            from expected in Gen.Choose(-1, 6)
            from events in Gen.Choose(0, 3)
            from follows in Gen.Choose(0, 2)
            select (stream, expected, events, follows: follows == 0);
        var request =
            from writes in write.NonEmptyListOf().Resize(3)
            from key in Gen.Choose(0, 20)
            from fingerprint in Gen.Choose(0, 3)
            from condition in Gen.Choose(0, 5)
            from type in Gen.Elements("linked", "claim_recorded")
            select (writes: writes.DistinctBy(w => w.stream).ToList(), key, fingerprint, condition, type);
        var batches = request.NonEmptyListOf().Resize(40).Sample(40, Runs);
        var kinds = new HashSet<string>();
        var queued = new Dictionary<string, Guid>();

        foreach (var (batch, run) in batches.Select((b, i) => (b, i)))
        {
            // Stream names change every four runs, which keeps the streams short. A key lasts for two runs, and so over several commits.
            var requests = batch.Select(r => new AppendRequest(
                [.. r.writes.Select(w => Following(w.follows, Some.Write($"s{run / 4}-{w.stream}", Expected(w.expected, w.events), w.events, r.type)))])
            {
                Key = r.key < 8 ? Some.Key($"k{run / 2}-{r.key}", r.fingerprint == 0 ? "other" : "usual") : null,
                Condition = r.condition == 0 ? new(Math.Max(0, model.Head - r.key), ["linked"]) : null,
            }).ToList();
            var expected = requests.ConvertAll(model.Decide);
            var decided = await Task.WhenAll(requests.ConvertAll(r => store.AppendAsync(r)));
            for (var i = 0; i < decided.Length; i++)
            {
                Model.Describe(decided[i]).ShouldBe(Model.Describe(expected[i]), $"run {run}, request {i}");
                kinds.Add(decided[i] is AppendResult.Appended { Replayed: true } ? "Replayed" : decided[i].GetType().Name);
            }
        }

        // A write without events checks a version, and so has one to check.
        static long? Expected(int drawn, int events) => drawn >= 0 ? drawn : events == 0 ? 0 : null;

        // This write follows the one queued before it for the stream, which may have been refused.
        StreamWrite Following(bool follows, StreamWrite write)
        {
            var last = queued.TryGetValue(write.Stream, out var id) ? id : (Guid?)null;
            queued[write.Stream] = write.Events is [.., var newest] ? newest.Id : last ?? Guid.Empty;
            return follows && last is not null ? write with { ExpectedVersion = null, Follows = last } : write;
        }

        kinds.Order().ShouldBe(["Appended", "ConditionFailed", "KeyReused", "Replayed", "VersionConflict"]);
        Log.ShouldBeSound(await store.ReadLogAsync());
    }

    private sealed class Model
    {
        private readonly Dictionary<string, long> versions = [];
        private readonly Dictionary<string, Guid> newest = [];
        private readonly Dictionary<string, (byte[] Fingerprint, AppendResult.Appended Result)> keys = [];
        private readonly List<string> types = [];

        public long Head => types.Count;

        public static string Describe(AppendResult result) => result is AppendResult.Appended a
            ? $"{a.Replayed} {string.Join(", ", a.Events.Select(e => $"{e.Id} {e.Stream} {e.Version} {e.Position} {e.Type}"))}"
            : result.ToString();

        public AppendResult Decide(AppendRequest request)
        {
            if (request.Key is { } key && keys.TryGetValue(key.Key, out var used))
            {
                return used.Fingerprint.SequenceEqual(key.Fingerprint)
                    ? used.Result with { Replayed = true }
                    : new AppendResult.KeyReused();
            }

            foreach (var write in request.Writes)
            {
                if ((write.ExpectedVersion is { } expected && expected != versions.GetValueOrDefault(write.Stream))
                    || (write.Follows is { } last && last != newest.GetValueOrDefault(write.Stream, Guid.AllBitsSet)))
                {
                    return new AppendResult.VersionConflict(write.Stream, versions.GetValueOrDefault(write.Stream));
                }
            }

            if (request.Condition is { } condition
                && types.FindIndex((int)condition.AfterPosition, t => condition.Types.Contains(t)) is var broken and >= 0)
            {
                return new AppendResult.ConditionFailed(broken + 1);
            }

            List<EventPosition> events = [];
            foreach (var write in request.Writes)
            {
                foreach (var e in write.Events)
                {
                    types.Add(e.Type);
                    newest[write.Stream] = e.Id;
                    versions[write.Stream] = versions.GetValueOrDefault(write.Stream) + 1;
                    events.Add(new(e.Id, write.Stream, versions[write.Stream], Head, e.Type, default));
                }
            }

            var appended = new AppendResult.Appended(events, request.Answer, Replayed: false);
            if (request.Key is { } free)
            {
                keys.Add(free.Key, (free.Fingerprint, appended));
            }

            return appended;
        }
    }
}
