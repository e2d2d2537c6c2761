namespace Ledger.Benchmarks;

/// <summary>What is appended to.</summary>
internal enum Streams
{
    New,
    Existing,
}

/// <summary>One way to append, put under load by a number of callers who each wait for their answer.</summary>
internal interface ILoad
{
    string Name { get; }

    Task<Figures> RunAsync(int callers, Streams streams, TimeSpan duration);
}
