using System.Runtime.Versioning;
using Npgsql;

namespace Ledger.LocalPostgres.Tests;

public sealed class ClusterAccessTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_cluster_has_checksums_and_orders_text_as_every_other_does()
    {
        await using var cluster = await _directory.StartAsync();

        (await cluster.QueryAsync("show data_checksums")).ShouldBe("on");
        (await cluster.QueryAsync("show server_encoding")).ShouldBe("UTF8");
        (await cluster.QueryAsync("select datcollate || ' ' || datctype from pg_database where datname = 'template1'")).ShouldBe("C C");
    }

    [Fact]
    public async Task A_cluster_listens_on_the_loopback_address_alone()
    {
        await using var cluster = await _directory.StartAsync();

        (await cluster.QueryAsync("show listen_addresses")).ShouldBe("127.0.0.1");
        (await cluster.QueryAsync("show unix_socket_directories")).ShouldBe("");
        (await cluster.QueryAsync("select inet_server_port()")).ShouldBe(cluster.Port);
        cluster.Host.ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var cluster = await _directory.StartAsync();
        var wrong = new NpgsqlConnectionStringBuilder(cluster.SuperuserConnectionString()) { Password = "guessed" };

        var refused = await Should.ThrowAsync<PostgresException>(() => Query.OneAsync(wrong.ConnectionString, "select 1"));

        refused.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        (await cluster.QueryAsync("select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'")).ShouldBe(0L);
    }

    [LinuxFact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_password_can_be_read_by_its_owner_alone()
    {
        await using var cluster = await _directory.StartAsync();

        File.GetUnixFileMode(ClusterPlace.Of(_directory.Data).Password).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        new NpgsqlConnectionStringBuilder(cluster.SuperuserConnectionString()).Password!.Length.ShouldBe(64);
    }

    [Fact]
    public async Task Settings_override_the_defaults_of_the_cluster_and_keep_every_character()
    {
        const string Awkward = @"it's 100% \n \\ literal";
        await using var cluster = await _directory.StartAsync(("max_connections", "23"), ("ledger.note", Awkward));

        (await cluster.QueryAsync("show max_connections")).ShouldBe("23");
        (await cluster.QueryAsync("show shared_buffers")).ShouldBe("128MB");
        (await cluster.QueryAsync("show ledger.note")).ShouldBe(Awkward);
    }

    [Theory]
    [InlineData("Port", "5432")]
    [InlineData("listen_addresses", "*")]
    [InlineData("unix_socket_directories", "/tmp")]
    [InlineData("include 'x'\nport", "1")]
    [InlineData("work_mem", "4MB\nport = 5432")]
    public async Task A_setting_that_would_open_the_cluster_is_refused(string name, string value)
    {
        await Should.ThrowAsync<ArgumentException>(() => _directory.StartAsync((name, value)));
        Directory.Exists(_directory.Data).ShouldBeFalse();
    }

    [Fact]
    public async Task A_start_that_fails_quotes_the_servers_log_and_leaves_the_directory_free()
    {
        var failure = await Should.ThrowAsync<LocalPostgresException>(() => _directory.StartAsync(("shared_buffers", "plenty")));
        failure.Message.ShouldContain("did not start; its log");
        failure.Message.ShouldContain("\"shared_buffers\"");
        failure.Message.ShouldNotContain("\n");

        await using var cluster = await _directory.StartAsync();
        (await cluster.QueryAsync("select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_second_start_names_the_process_that_holds_the_directory()
    {
        await using var first = await _directory.StartAsync();

        var refused = await Should.ThrowAsync<LocalPostgresException>(() => _directory.StartAsync());

        refused.Message.ShouldContain($"is already run by process {Environment.ProcessId} (");
        (await first.QueryAsync("select 1")).ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_start_is_refused_while_another_process_runs_the_cluster_and_names_that_process()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);

        var refused = await Should.ThrowAsync<LocalPostgresException>(() => _directory.StartAsync());

        refused.Message.ShouldContain($"is already run by process {owner.Id} (");
        Processes.IsAlive(owner.ServerProcessId).ShouldBeTrue();
    }

    [LinuxFact]
    public async Task Attaching_finds_the_cluster_of_another_process_and_leaves_it_running()
    {
        using var owner = await OwnerProcess.StartAsync(_directory.Data);

        await using (var attached = await LocalCluster.TryAttachAsync(_directory.Data, CancellationToken.None))
        {
            attached.ShouldNotBeNull();
            (attached.Port, attached.ProcessId, attached.BinDirectory).ShouldBe((owner.Port, owner.ServerProcessId, owner.BinDirectory));
            ((string)(await attached.QueryAsync("show server_version"))!).ShouldStartWith(attached.ServerVersion);
        }

        Processes.IsAlive(owner.ServerProcessId).ShouldBeTrue();
    }

    [Fact]
    public async Task Attaching_finds_nothing_where_no_cluster_is_or_none_runs()
    {
        (await LocalCluster.TryAttachAsync(_directory.Data, CancellationToken.None)).ShouldBeNull();
        await (await _directory.StartAsync()).DisposeAsync();
        (await LocalCluster.TryAttachAsync(_directory.Data, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_running_cluster_is_not_removed_and_a_stopped_one_is()
    {
        await using (var cluster = await _directory.StartAsync())
        {
            Should.Throw<LocalPostgresException>(() => ClusterRemoval.Remove(_directory.Data));
            (await cluster.QueryAsync("select 1")).ShouldBe(1);
        }

        ClusterRemoval.Remove(_directory.Data);
        ClusterRemoval.Remove(_directory.Data);
        Directory.Exists(ClusterPlace.Of(_directory.Data).Home).ShouldBeFalse();
    }

    [Fact]
    public async Task A_data_directory_that_is_no_cluster_is_left_alone()
    {
        var stranger = Path.Combine(_directory.Data, "postgres", "data", "thesis.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(stranger)!);
        await File.WriteAllTextAsync(stranger, "precious");

        var refused = await Should.ThrowAsync<LocalPostgresException>(() => _directory.StartAsync());

        refused.Message.ShouldContain("is no PostgreSQL cluster");
        (await File.ReadAllTextAsync(stranger)).ShouldBe("precious");
    }
}
