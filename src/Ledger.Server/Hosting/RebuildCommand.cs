using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Ledger.Server;

/// <summary>The commands rebuild and verify: they work beside a running server, on its database.</summary>
internal static class RebuildCommand
{
    private const int Failed = 1;
    private const int Usage = 2;
    private const int Cancelled = 130;

    /// <summary>If the output goes to a file, one line is written per this many events. A terminal gets a progress bar instead.</summary>
    private const int PlainEveryEvents = 100_000;

    internal static async Task<int> RunAsync(LedgerSettings settings, string[] names, bool verifyOnly, Action<string> say, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ConsoleCancelEventHandler stop = (_, e) =>
        {
            e.Cancel = true;
            stopping.Cancel();
        };
        Console.CancelKeyPress += stop;
        GiveWay();
        try
        {
            await using var database = await LedgerDatabase.OpenAsync(settings, attach: true, say, stopping.Token);
            var all = LedgerModel.Rebuildable(database.Store, ReadModels.Schema).Select(p => p.Name).ToList();
            if (names.Except(all, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            {
                await Console.Error.WriteLineAsync($"There is no projection {unknown}; there are {string.Join(", ", all)}.");
                return Usage;
            }

            var failures = 0;
            foreach (var name in names.Length > 0 ? names : [.. all])
            {
                failures += await WithProgressAsync(report => OneAsync(new(database, name), name, verifyOnly, report, say, stopping.Token)) ? 0 : 1;
            }

            return failures == 0 ? 0 : Failed;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            say("Cancelled; what was in service stays in service.");
            return Cancelled;
        }
        finally
        {
            Console.CancelKeyPress -= stop;
        }
    }

    /// <summary>Lowers the priority of this process, so that a service on the same machine goes first. Every process may do that.</summary>
    private static void GiveWay()
    {
        using var process = Process.GetCurrentProcess();
        process.PriorityClass = ProcessPriorityClass.BelowNormal;
    }

    private static async Task<bool> OneAsync(
        ProjectionRebuild rebuild, string name, bool verifyOnly, Action<RebuildProgress> report, Action<string> say, CancellationToken cancellationToken)
    {
        if (verifyOnly)
        {
            var difference = await rebuild.VerifyAsync(report, cancellationToken);
            say(difference ?? $"{name}: every row is as a fold from the beginning makes it.");
            return difference is null;
        }

        var done = await rebuild.RebuildAsync(report, cancellationToken);
        say(done ? $"{name}: rebuilt and in service." : $"{name}: another rebuild is running.");
        return done;
    }

    private static async Task<bool> WithProgressAsync(Func<Action<RebuildProgress>, Task<bool>> work)
    {
        if (Console.IsOutputRedirected)
        {
            var told = 0L;
            return await work(p =>
            {
                if (p.Doing != "folding" || p.Position - told >= PlainEveryEvents)
                {
                    told = p.Position;
                    Console.WriteLine(Line(p));
                }
            });
        }

        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("starting", maxValue: 1);
                return await work(p =>
                {
                    task.Description = Markup.Escape(Line(p));
                    task.Value = p.Target == 0 ? 1 : (double)p.Position / p.Target;
                });
            });
    }

    private static string Line(RebuildProgress p)
    {
        var left = TimeSpan.FromSeconds((p.Target - p.Position) / Math.Max(p.EventsPerSecond, 1));
        return string.Create(CultureInfo.InvariantCulture, $"{p.Name} {p.Doing}: {p.Position:N0} of {p.Target:N0} events, {p.EventsPerSecond:N0}/s, {left:hh\\:mm\\:ss} left");
    }
}
