using Ledger.Store;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>A database of the first version, whose tables were made by hand, is upgraded in place by the start of a server.</summary>
public sealed class UpgradeTests
{
    private const int ShownMax = 10;
    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "Upgrade", "first-version");

    [Fact]
    public async Task A_database_of_the_first_version_gives_the_same_answers_after_its_upgrade()
    {
        await using (await TestDatabase.CreateAsync(model: LedgerModel.Schema))
        {
            // Makes the cluster's roles, which the dump names.
        }

        await using var database = await TestDatabase.CreateAsync(migrated: false);
        await UpgradeData.RestoreAsync(Data, database.OwnerConnectionString);
        await using var ledger = await RunningLedger.StartAsync(database, UpgradeData.Settings(Data));
        await ledger.SettleAsync();
        var answers = await UpgradeData.ReadAsync(Data);
        answers.Count.ShouldBeGreaterThan(8_000);

        var differences = new List<string>();
        await CompareAsync(answers.Where(a => a.Path != UpgradeData.KeyQuestion));
        // The keys come last: one key is renewed for them, and the list of keys would show that.
        await UpgradeData.RenewFormerKeysAsync(database.OwnerConnectionString);
        await CompareAsync(answers.Where(a => a.Path == UpgradeData.KeyQuestion));

        differences.Take(ShownMax).ShouldBeEmpty($"{differences.Count} of {answers.Count} answers differ");
        await using var owner = Migrator.OwnerDataSource(database.OwnerConnectionString);
        await using var documents = MartenConfiguration.Open(owner, LedgerModel.Schema);
        await documents.Storage.Database.AssertDatabaseMatchesConfigurationAsync();
        foreach (var name in LedgerModel.Rebuildable(ledger.Store, ReadModels.Schema).Select(p => p.Name))
        {
            (await new ProjectionRebuild((LedgerDatabase)ledger.Services.GetService(typeof(LedgerDatabase))!, name).VerifyAsync(_ => { }, CancellationToken.None)).ShouldBeNull();
        }

        async Task CompareAsync(IEnumerable<Answered> part)
        {
            foreach (var expected in part)
            {
                var (answer, text) = await expected.AskAsync(ledger.Public);
                if (answer != expected)
                {
                    differences.Add($"{expected.Path}: {answer.Status} at {answer.Position} instead of {expected.Status} at {expected.Position}, {text[..Math.Min(text.Length, 300)]}");
                }
            }
        }
    }

    /// <summary>Makes this data again for the next version when it is asked to (README.md beside it says how). Otherwise it does nothing.</summary>
    [Fact]
    public async Task The_data_of_this_version_are_made_on_demand()
    {
        if (Environment.GetEnvironmentVariable("LEDGER_UPGRADE_DATA") is { Length: > 0 } data)
        {
            await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
            await UpgradeData.MakeAsync(data, database);
            (await UpgradeData.ReadAsync(data)).ShouldNotBeEmpty();
        }
    }
}
