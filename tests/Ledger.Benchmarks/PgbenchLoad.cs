using System.Diagnostics;
using System.Globalization;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// PostgreSQL's own load generator, prepared: stream row and event row in one CTE statement, into the same tables with
/// the same indexes. It checks no version, remembers no key and leaves gaps.
/// </summary>
internal sealed class PgbenchLoad : ILoad, IDisposable
{
    private const int ThreadsMax = 2;

    /// <summary>
    /// pgbench connects its clients one after the other inside its time limit (a few ms each, for SCRAM), and leaves
    /// that out of its rate.
    /// </summary>
    private const int ConnectionsPerSecond = 60;

    /// <summary>Keeps pgbench's log small; the rate is of all transactions.</summary>
    private const string LatencySampleRate = "0.2";

    private readonly string program;
    private readonly NpgsqlConnectionStringBuilder settings;
    private readonly string directory = Directory.CreateTempSubdirectory("ledger-pgbench-").FullName;

    private PgbenchLoad(string program, string connectionString)
    {
        this.program = program;
        settings = new(connectionString);
        File.WriteAllText(ScriptOf(Streams.New), $"""
            with s as (
              insert into ledger.mt_streams (id, type, version, timestamp, created)
              values ('new-' || nextval('streams_begun'), 'assertion', 1, now(), now()) returning id, version)
            {Insert}
            """);
        File.WriteAllText(ScriptOf(Streams.Existing), $"""
            \set n random(0, {EngineLoad.ExistingStreams - 1})
            with s as (
              update ledger.mt_streams set version = version + 1, timestamp = now()
              where id = 'existing-' || :n returning id, version)
            {Insert}
            """);
    }

    public string Name => "pgbench";

    private static string Insert => $"""
        insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, headers)
        select nextval('ledger.mt_events_sequence'), gen_random_uuid(), s.id, s.version, '{SampleEvent.Data}', 'claim_recorded', now(),
          '{SampleEvent.Headers}'
        from s;
        """;

    /// <summary>Null when the installation has no pgbench.</summary>
    public static async Task<PgbenchLoad?> CreateAsync(string binDirectory, TestDatabase database)
    {
        var program = Path.Combine(binDirectory, "pgbench");
        if (!File.Exists(program))
        {
            return null;
        }

        await using var connection = new NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var prepare = new NpgsqlCommand($"""
            create sequence streams_begun;
            insert into ledger.mt_streams (id, type, version)
              select 'existing-' || n, 'assertion', 0 from generate_series(0, {EngineLoad.ExistingStreams - 1}) n;
            analyze ledger.mt_streams;
            """, connection);
        await prepare.ExecuteNonQueryAsync();
        return new(program, database.OwnerConnectionString);
    }

    public async Task<Figures> RunAsync(int callers, Streams streams, TimeSpan duration)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
            ArgumentList =
            {
                "--no-vacuum", "--protocol=prepared", $"--client={callers}", $"--jobs={Math.Min(callers, ThreadsMax)}",
                $"--time={Math.Ceiling(duration.TotalSeconds + ((double)callers / ConnectionsPerSecond))}", $"--file={ScriptOf(streams)}",
                "--log", $"--sampling-rate={LatencySampleRate}",
                $"--host={settings.Host}", $"--port={settings.Port}", $"--username={settings.Username}", settings.Database!,
            },
            Environment = { ["PGPASSWORD"] = settings.Password },
        };
        using var pgbench = Process.Start(start)!;
        var errors = pgbench.StandardError.ReadToEndAsync();
        var output = await pgbench.StandardOutput.ReadToEndAsync();
        await pgbench.WaitForExitAsync();
        return RateIn(output) is { } rate && pgbench.ExitCode == 0
            ? Figures.Of(TakeLatencies(), rate)
            : throw new InvalidOperationException($"pgbench ended with {pgbench.ExitCode}: {output}{await errors}");
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private string ScriptOf(Streams streams) => Path.Combine(directory, $"{streams}.sql");

    /// <summary>The line is <c>tps = 9849.1 (without initial connection time)</c>.</summary>
    private static double? RateIn(string output) =>
        output.Split('\n').LastOrDefault(l => l.StartsWith("tps = ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture)
            : null;

    /// <summary>The log's third field is a transaction's time in microseconds.</summary>
    private List<double> TakeLatencies()
    {
        List<double> latenciesMs = [];
        foreach (var log in Directory.EnumerateFiles(directory, "pgbench_log.*"))
        {
            latenciesMs.AddRange(
                from line in File.ReadLines(log) select double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) / 1_000);
            File.Delete(log);
        }

        return latenciesMs;
    }
}
