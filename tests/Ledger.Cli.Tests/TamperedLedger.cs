using Ledger.Server;
using Ledger.Testing;

namespace Ledger.Cli.Tests;

/// <summary>A ledger with seven signed events, on a database that a superuser can reach.</summary>
internal sealed class TamperedLedger : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"ledger-proof-{Guid.CreateVersion7():n}");

    private TamperedLedger(TestDatabase database) => Database = database;

    internal TestDatabase Database { get; }

    /// <summary>The folder for what the server keeps outside the database.</summary>
    internal string DataDirectory => _data;

    internal RunningLedger Ledger { get; private set; } = null!;

    internal static async Task<TamperedLedger> StartAsync(int scanPauseMs = 50)
    {
        var tampered = new TamperedLedger(await TestDatabase.CreateAsync(model: LedgerModel.Schema));
        await tampered.StartServerAsync(scanPauseMs);
        await tampered.Ledger.RecordBasicsAsync();
        await tampered.Ledger.RecordClaimAsync("c1");
        await tampered.Ledger.RecordAsync("/v1/assertions/c1/denials", """{"party": "ministry", "statement": "It is not so", "contests": "whole", "citation": "https://example.org/denial", "onBehalfOf": "ministry"}""");
        await tampered.Ledger.RecordClaimAsync("c2");
        await tampered.SignedAsync(7);
        return tampered;
    }

    internal async Task StartServerAsync(int scanPauseMs = 50, string? origin = null) => Ledger = await RunningLedger.StartAsync(Database, new Dictionary<string, string?>
    {
        ["Ledger:DataDirectory"] = _data,
        ["Ledger:Origin"] = origin,
        ["Ledger:SecretsKey"] = Convert.ToBase64String(new byte[32]),
        ["Ledger:Webhooks:AllowHttp"] = "true",
        ["Ledger:Webhooks:AllowedNetworks"] = "127.0.0.0/8",
        ["Ledger:ScanPauseMs"] = scanPauseMs.ToString(System.Globalization.CultureInfo.InvariantCulture),
    });

    /// <summary>Acts like an operator who wants to rewrite the past: deletes the remembered last head and keeps the key.</summary>
    internal void ForgetSignedHead()
    {
        foreach (var file in Directory.EnumerateFiles(_data, "signed-head", SearchOption.AllDirectories).ToList())
        {
            File.Delete(file);
        }
    }

    internal Task SignedAsync(long position) => UntilAsync(async () =>
        (await Ledger.GetAsync("/health/ready")).Body.GetProperty("proof").GetProperty("size").GetInt64() >= position);

    /// <summary>The command line names the positions, and no others.</summary>
    internal async Task ShouldNameAsync(string what, params long[] positions)
    {
        await RefusedAsync();
        using var cli = new Cli();
        var (exit, report) = await cli.VerifyAsync(Ledger);
        exit.ShouldBe(ExitCodes.Tampered, what);
        report.GetProperty("tampered").EnumerateArray().Select(t => t.GetProperty("position").GetInt64()).Distinct().ShouldBe(positions, what);
    }

    internal async Task ShouldHaveStoppedSigningAsync(bool canAppend = true)
    {
        var before = await Ledger.Public.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative));
        if (canAppend)
        {
            await Ledger.RecordAsync("/v1/parties", """{"id": "newcomer", "name": "A newcomer", "kind": "person"}""");
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }

        (await Ledger.Public.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative))).ShouldBe(before);
    }

    internal Task RefusedAsync() => UntilAsync(async () =>
        (await Ledger.GetAsync("/health/ready")).Body.GetProperty("proof").GetProperty("state").GetString() == "refused");

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TimeProvider.System.GetElapsedTime(deadline).ShouldBeLessThan(WaitMax);
            await Task.Delay(20);
        }
    }
}
