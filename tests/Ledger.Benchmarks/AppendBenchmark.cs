using System.Globalization;
using Ledger.Testing;
using Spectre.Console;
using static System.FormattableString;

namespace Ledger.Benchmarks;

/// <summary>
/// Compares the engine with pgbench on one durable cluster. The rounds of all loads are interleaved, so that a change in the speed of the machine
/// affects both.
/// </summary>
internal static class AppendBenchmark
{
    /// <summary>A durable cluster with memory enough for the loads.</summary>
    internal static readonly Dictionary<string, string> Settings = new()
    {
        ["shared_buffers"] = "1GB",
        ["max_wal_size"] = "4GB",
        ["synchronous_commit"] = "on",
        ["fsync"] = "on",
        ["max_connections"] = "300",
    };

    public static async Task RunAsync(TimeSpan duration, int rounds, IReadOnlyList<int> callers, TimeSpan warmUp)
    {
        await using var postgres = await TestPostgres.StartAsync(Settings);
        await using var engineDatabase = await TestDatabase.CreateAsync(postgres: postgres);
        await using var pgbenchDatabase = await TestDatabase.CreateAsync(postgres: postgres);
        await using var engine = await EngineLoad.CreateAsync(engineDatabase);
        using var pgbench = await PgbenchLoad.CreateAsync(postgres.BinDirectory, pgbenchDatabase);
        ILoad[] loads = pgbench is null ? [engine] : [engine, pgbench];

        var shapes = (from streams in Enum.GetValues<Streams>() from count in callers select (streams, count)).ToList();
        var results = new Dictionary<(Streams, int, ILoad), List<Figures>>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var (streams, count) in shapes)
            {
                foreach (var load in loads)
                {
                    var figures = await load.RunAsync(count, streams, duration);
                    results.TryAdd((streams, count, load), []);
                    results[(streams, count, load)].Add(figures);
                }
            }

            await Console.Error.WriteLineAsync($"round {round} of {rounds}");
        }

        Print(shapes, loads, (streams, count, load) => Figures.Median(results[(streams, count, load)]));
        if (pgbench is null)
        {
            AnsiConsole.WriteLine("This PostgreSQL installation has no pgbench to compare with.");
        }

        await HttpBenchmark.RunAsync(postgres, pgbench, duration, rounds, warmUp);
    }

    /// <summary>The part over HTTP alone.</summary>
    public static async Task RunHttpAsync(TimeSpan duration, int rounds, TimeSpan warmUp)
    {
        await using var postgres = await TestPostgres.StartAsync(Settings);
        await using var database = await TestDatabase.CreateAsync(postgres: postgres);
        using var pgbench = await PgbenchLoad.CreateAsync(postgres.BinDirectory, database);
        await HttpBenchmark.RunAsync(postgres, pgbench, duration, rounds, warmUp);
    }

    private static void Print(
        List<(Streams Streams, int Callers)> shapes, ILoad[] loads, Func<Streams, int, ILoad, Figures> median)
    {
        var table = new Table()
            .Title(new TableTitle($"Appends a second (p50 / p99 ms), {SampleEvent.Data.Length}-byte events, one a request", Style.Plain))
            .AddColumns("streams", "callers");
        foreach (var load in loads)
        {
            table.AddColumn(new TableColumn(load.Name).RightAligned());
        }

        table.AddColumn(new TableColumn("ratio").RightAligned());
        foreach (var (streams, callers) in shapes)
        {
            var figures = loads.Select(load => median(streams, callers, load)).ToList();
            List<string> cells = [streams.ToString().ToLowerInvariant(), callers.ToString(CultureInfo.InvariantCulture)];
            cells.AddRange(figures.Select(f => Invariant($"{f.PerSecond:N0} ({f.P50Ms:N2} / {f.P99Ms:N2})")));
            cells.Add(figures is [var first, .., var last] ? Invariant($"{first.PerSecond / last.PerSecond:N2}") : "");
            table.AddRow([.. cells]);
        }

        // Box-drawing and colour are for a terminal; a file gets plain text as wide as it needs.
        if (Console.IsOutputRedirected)
        {
            table.Border(TableBorder.Ascii);
            AnsiConsole.Profile.Width = 120;
        }

        AnsiConsole.Write(table);
    }
}
