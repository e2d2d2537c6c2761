using System.Globalization;
using Ledger.Server;
using Ledger.Testing;
using Spectre.Console;

namespace Ledger.Benchmarks;

/// <summary>Denials over HTTP beside pgbench's two inserts, in interleaved rounds on one cluster, and a hot assertion beside many cold ones.</summary>
internal static class HttpBenchmark
{
    private const int Callers = 32;
    private const int Denials = 500;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <param name="warmUp">A server that was just started compiles its hottest code for about a minute, so its figures say nothing about a warm server.</param>
    public static async Task RunAsync(TestPostgres postgres, PgbenchLoad? pgbench, TimeSpan duration, int rounds, TimeSpan warmUp)
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await using var http = await HttpLoad.CreateAsync(database);
        await http.RunAsync(warmUp);
        var (posts, inserts, updates, hot) = (new List<Figures>(), new List<Figures>(), new List<Figures>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            posts.Add(await http.RunAsync(duration));
            if (pgbench is not null)
            {
                inserts.Add(await pgbench.RunAsync(Callers, Streams.New, duration));
                updates.Add(await pgbench.RunAsync(Callers, Streams.Existing, duration));
            }

            // Each begins on an idle server: both last only a tenth of a second, and the followers of the log are still at work after the answer.
            await Task.Delay(Settling);
            var different = await http.TimeAsync(Denials, ofOne: false);
            await Task.Delay(Settling);
            hot.Add(await http.TimeAsync(Denials, ofOne: true) / different);
            await Console.Error.WriteLineAsync($"HTTP round {round} of {rounds}");
        }

        var post = Figures.Median(posts);
        Print($"POST of a denial on different assertions, {Callers} callers: {post.PerSecond:N0} a second ({post.P50Ms:N2} / {post.P99Ms:N2} ms)");
        if (pgbench is not null)
        {
            var (insert, update) = (Figures.Median(inserts), Figures.Median(updates));
            Print($"  {post.PerSecond / insert.PerSecond:N2} times pgbench's two inserts ({insert.PerSecond:N0})");
            Print($"  {post.PerSecond / update.PerSecond:N2} times its update and insert on existing streams ({update.PerSecond:N0})");
        }

        Print($"{Denials} denials of one assertion take {hot.Order().ElementAt(hot.Count / 2):N2} times as long as of different ones");
    }

    private static void Print(FormattableString line) => AnsiConsole.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
