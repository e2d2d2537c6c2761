using System.Runtime.Versioning;

namespace Ledger.LocalPostgres.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class ClusterPlacementTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public async Task Under_a_closed_directory_a_cluster_runs_where_its_account_can_reach_it_and_says_so()
    {
        _directory.Close();

        await using (var cluster = await _directory.StartAsync())
            await cluster.KeepAsync("behind a closed door");

        AssertPlacement();
        _directory.Said.Clear();
        await using var again = await _directory.StartAsync();
        (await again.NoteAsync()).ShouldBe("behind a closed door");
        _directory.Said.ShouldNotContain(line => line.Contains("cannot reach", StringComparison.Ordinal));
        File.GetUnixFileMode(_directory.Root).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [LinuxFact]
    public async Task A_cluster_moves_with_its_data_when_a_directory_above_it_is_closed_later()
    {
        await using (var cluster = await _directory.StartAsync())
            await cluster.KeepAsync("from before the door was closed");
        ClusterPlace.Of(_directory.Data).Root.ShouldBe(ClusterPlace.Of(_directory.Data).Home);

        _directory.Close();
        await using var later = await _directory.StartAsync();

        (await later.NoteAsync()).ShouldBe("from before the door was closed");
        AssertPlacement();
        if (Environment.IsPrivilegedProcess)
            Directory.Exists(Path.Combine(_directory.Data, "postgres", "data")).ShouldBeFalse();
    }

    [LinuxFact]
    public async Task A_data_directory_that_was_deleted_starts_afresh()
    {
        _directory.Close();
        await using (var cluster = await _directory.StartAsync())
            await cluster.KeepAsync("deleted");
        var left = ClusterPlace.Of(_directory.Data).Root;
        Directory.Delete(_directory.Data, recursive: true);

        await using (var cluster = await _directory.StartAsync())
            (await cluster.QueryAsync("select to_regclass('kept')::text")).ShouldBe(DBNull.Value);

        if (Directory.Exists(left))
            Directory.Delete(left, recursive: true);
    }

    [LinuxFact]
    public async Task Removing_a_cluster_that_lives_elsewhere_removes_it_there()
    {
        _directory.Close();
        await (await _directory.StartAsync()).DisposeAsync();
        var root = ClusterPlace.Of(_directory.Data).Root;
        Directory.Exists(root).ShouldBeTrue();

        ClusterRemoval.Remove(_directory.Data);

        Directory.Exists(root).ShouldBeFalse();
    }

    [LinuxFact]
    public async Task A_closed_data_directory_gets_only_the_execute_permission_for_others()
    {
        const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_directory.Data, Closed);

        await using var cluster = await _directory.StartAsync();

        ClusterPlace.Of(_directory.Data).Root.ShouldBe(ClusterPlace.Of(_directory.Data).Home);
        File.GetUnixFileMode(_directory.Data).ShouldBe(
            Environment.IsPrivilegedProcess ? Closed | UnixFileMode.OtherExecute : Closed);
    }

    [LinuxFact]
    public async Task A_checkout_as_data_directory_keeps_its_mode()
    {
        const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_directory.Data, Closed);
        Directory.CreateDirectory(Path.Combine(_directory.Data, ".git"));

        await using var cluster = await _directory.StartAsync();

        File.GetUnixFileMode(_directory.Data).ShouldBe(Closed);
    }

    /// <summary>For root, the server runs as another user, who cannot pass. For an ordinary user it runs as that user, who can.</summary>
    private void AssertPlacement()
    {
        var place = ClusterPlace.Of(_directory.Data);
        if (Environment.IsPrivilegedProcess)
        {
            place.Root.ShouldStartWith("/var/lib/claims-ledger/postgres-");
            _directory.Said.ShouldContain(line =>
                line.Contains("cannot reach", StringComparison.Ordinal) && line.EndsWith(place.Root, StringComparison.Ordinal));
        }
        else
        {
            place.Root.ShouldBe(place.Home);
        }
    }
}
