namespace Ledger.Store.Tests;

/// <summary>What must hold for every log, whatever happened while it was written.</summary>
internal static class Log
{
    public static void ShouldBeSound(IReadOnlyList<RecordedEvent> log)
    {
        log.Select(e => e.Position).ShouldBe(Enumerable.Range(1, log.Count).Select(n => (long)n));
        log.Select(e => e.Id).Distinct().Count().ShouldBe(log.Count);
        for (var i = 1; i < log.Count; i++)
        {
            log[i].RecordedAt.ShouldBeGreaterThan(log[i - 1].RecordedAt);
        }

        foreach (var stream in log.GroupBy(e => e.Stream))
        {
            stream.Select(e => e.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(n => (long)n));
        }
    }
}
