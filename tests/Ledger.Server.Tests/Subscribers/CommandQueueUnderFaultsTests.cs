using System.Diagnostics;
using System.Globalization;
using Ledger.Testing;
using static Ledger.Server.Tests.Subscribers.CommandQueueClient;
using static Ledger.Server.Tests.Subscribers.CommandQueueTests;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

public class CommandQueueUnderFaultsTests
{
    /// <summary>Set to any value, the long form runs: 2,000 commands over 50 assertions, and three kills.</summary>
    private const string LongForm = "LEDGER_COMMANDS_LONG";

    private static readonly (int Commands, int Assertions, int Kills) Size =
        Environment.GetEnvironmentVariable(LongForm) is null ? (150, 10, 1) : (2_000, 50, 3);

    [Fact]
    public async Task Commands_have_one_effect_each_in_order_while_the_server_is_killed()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        await ledger.RecordBasicsAsync();
        for (var a = 0; a < Size.Assertions; a++)
        {
            await ledger.RecordClaimAsync($"c{a}0");
        }

        await using var client = await ConnectAsync(broker);
        var server = await ServerProcess.ServeAsync(database, Bound(broker, "admin"));
        try
        {
            await UntilAsync(() => client.IsThereAsync(DeadLetters), "the queues are declared");
            for (var i = 0; i < Size.Commands; i++)
            {
                // Every tenth is refused for good: its sender gets the problem.
                var assertion = i % 10 == 9 ? "nowhere" : $"c{i % Size.Assertions}0";
                await client.SendAsync(DenialOf(assertion, $"k{i}", $"{i:00000}"), $"{i}");
            }

            for (var kill = 1; kill <= Size.Kills; kill++)
            {
                var answered = Size.Commands * kill / (Size.Kills + 2);
                await UntilAsync(() => Answered(client).Count >= answered, $"{answered} are answered");
                await server.KillAsync();
                await server.DisposeAsync();
                server = await ServerProcess.ServeAsync(database, Bound(broker, "admin"));
            }

            await UntilAsync(() => Answered(client).Count == Size.Commands, "all are answered");
        }
        finally
        {
            await server.DisposeAsync();
        }

        var acknowledged = new Acknowledged();
        foreach (var answer in client.Answers)
        {
            var isRefused = int.Parse(answer.CorrelationId!, CultureInfo.InvariantCulture) % 10 == 9;
            answer.Status.ShouldBe(isRefused ? 404 : answer.Headers.ContainsKey("ledger-replayed") ? answer.Status : 201);
            if (!isRefused)
            {
                acknowledged.Take(answer.Json);
            }
        }

        var denials = (await acknowledged.ShouldBeInAsync(ledger.Store)).Where(e => e.Type == "denial_recorded").ToList();
        denials.Select(Statement).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Size.Commands).Where(i => i % 10 != 9).Select(i => $"{i:00000}"));
        foreach (var assertion in denials.GroupBy(e => e.Stream))
        {
            assertion.Select(Statement).ShouldBeInOrder();
        }

        var dead = await client.DrainAsync(DeadLetters);
        dead.Select(d => d.CorrelationId).Distinct().Count().ShouldBe(Size.Commands / 10);
    }

    [Fact]
    public async Task An_outage_of_the_database_delays_commands_and_makes_no_dead_letter()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await using var postgres = await TestPostgres.StartAsync();
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema, postgres: postgres);
        await using var ledger = await RunningLedger.StartAsync(database, new Dictionary<string, string?>(Bound(broker, "admin")) { ["Logging:LogLevel:Ledger"] = "None" });
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await using var client = await ConnectAsync(broker);
        await UntilAsync(() => client.IsThereAsync(DeadLetters), "the queues are declared");

        for (var i = 0; i < Outage; i++)
        {
            await client.SendAsync(DenialOf("c1", $"k{i}", $"{i:000}"), $"{i}");
            if (i == Outage / 3)
            {
                using var postmaster = Process.GetProcessById(postgres.ProcessId);
                postmaster.Kill();
            }
        }

        await UntilAsync(() => Answered(client).Count == Outage, "all are answered");
        client.Answers.ShouldAllBe(a => a.Status == 201);
        (await client.DrainAsync(DeadLetters)).ShouldBeEmpty();
        var log = await new Acknowledged().ShouldBeInAsync(ledger.Store);
        log.Where(e => e.Type == "denial_recorded").Select(Statement).ShouldBe(Enumerable.Range(0, Outage).Select(i => $"{i:000}"));
    }

    private const int Outage = 60;

    private static HashSet<string> Answered(CommandQueueClient client) => [.. client.Answers.Select(a => a.CorrelationId!)];
}
