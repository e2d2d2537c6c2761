using System.Runtime.Versioning;

namespace Ledger.LocalPostgres.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class PostgresSearchTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public async Task Unfit_installations_are_passed_over()
    {
        var incomplete = Fake("incomplete", "17.1", "postgres", "pg_ctl");
        var old = Fake("old", "14.12");
        var broken = Fake("broken", null);
        var fit = Fake("fit", "16.3");
        var search = Search() with { SearchPath = string.Join(':', incomplete, old, broken), UsualDirectories = [fit] };

        (await FindAsync(search)).ShouldBe(new PostgresBinaries(fit, "16.3"));
    }

    [LinuxFact]
    public async Task The_path_wins_over_the_usual_directories_and_the_variable_wins_over_the_path()
    {
        var (onPath, usual, named, set) = (Fake("path", "16.3"), Fake("usual", "17.1"), Fake("named", "15.0"), Fake("set", "18.4"));
        var search = Search() with { SearchPath = onPath, UsualDirectories = [usual] };

        (await FindAsync(search)).Directory.ShouldBe(onPath);
        (await FindAsync(search with { Bin = named })).Directory.ShouldBe(named);
        (await FindAsync(search with { Bin = named, BinDirectory = set })).Directory.ShouldBe(set);
    }

    [LinuxFact]
    public async Task A_symbolic_link_to_postgres_is_resolved_to_its_real_directory()
    {
        var real = Fake("real", "16.3");
        var links = Directory.CreateDirectory(Path.Combine(_directory.Root, "links")).FullName;
        File.CreateSymbolicLink(Path.Combine(links, "postgres"), Path.Combine(real, "postgres"));

        (await FindAsync(Search() with { SearchPath = links })).Directory.ShouldBe(real);
    }

    [LinuxFact]
    public async Task An_unfit_directory_that_was_named_is_refused_rather_than_replaced()
    {
        var (old, fit) = (Fake("old", "14.12"), Fake("fit", "16.3"));

        var search = Search() with { BinDirectory = old, SearchPath = fit };
        var refused = await Should.ThrowAsync<LocalPostgresException>(() => FindAsync(search));

        refused.Message.ShouldContain($"{old} was named as PostgreSQL's directory, but it is PostgreSQL 14.12, older than 15");
    }

    [LinuxFact]
    public async Task Data_of_another_major_version_gets_the_binaries_that_made_it()
    {
        var (newer, right) = (Fake("newer", "17.1"), Fake("right", "16.3"));
        var search = Search() with { SearchPath = newer, UsualDirectories = [right] };

        (await FindAsync(search, wantedMajor: 16)).Directory.ShouldBe(right);
        var refused = await Should.ThrowAsync<LocalPostgresException>(() => FindAsync(search, wantedMajor: 15));
        refused.Message.ShouldContain("The data was made by PostgreSQL 15, which is not found");
    }

    [LinuxFact]
    public async Task Without_PostgreSQL_and_npm_one_line_says_how_to_get_it()
    {
        using var owner = await OwnerProcess.StartAsync(
            _directory.Data,
            ("PATH", _directory.Tools("dotnet", "sh", "id", "ls", "chown", "setpriv")),
            (PostgresSearch.BinVariable, "embedded"),
            (EmbeddedPostgres.CacheVariable, Path.Combine(_directory.Root, "cache")));

        var message = owner.Said[^1];
        message.ShouldStartWith("failed PostgreSQL 15 or newer is not found");
        message.ShouldContain("apt-get install postgresql");
        message.ShouldContain("npm");
    }

    [LinuxFact]
    public async Task An_npm_that_fails_is_quoted_and_leaves_nothing_that_looks_installed()
    {
        var tools = _directory.Tools("dotnet", "sh", "id", "ls", "chown", "setpriv");
        var npm = Path.Combine(tools, "npm");
        await File.WriteAllTextAsync(npm, "#!/bin/sh\necho 'npm error code E404' >&2\necho 'npm error the log is elsewhere' >&2\nexit 1\n");
        File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var cache = Path.Combine(_directory.Root, "cache");

        using var owner = await OwnerProcess.StartAsync(
            _directory.Data, ("PATH", tools), (PostgresSearch.BinVariable, "embedded"), (EmbeddedPostgres.CacheVariable, cache));

        owner.Said[^1].ShouldContain("npm could not install it: npm error code E404 | npm error the log is elsewhere");
        Directory.EnumerateDirectories(cache).ShouldAllBe(directory => directory.EndsWith(".unfinished"));
    }

    [LinuxFact]
    public async Task A_cache_that_cannot_be_created_is_named_in_the_error()
    {
        var file = Path.Combine(_directory.Root, "file");
        await File.WriteAllTextAsync(file, "");
        var search = Search() with { Bin = "embedded", Installer = new EmbeddedPostgres { Cache = Path.Combine(file, "cache") } };

        var failure = await Should.ThrowAsync<LocalPostgresException>(() => FindAsync(search));

        failure.Message.ShouldContain($"{file}/cache cannot be used: name one by {EmbeddedPostgres.CacheVariable}");
    }

    private static PostgresSearch Search() => new() { Bin = null, SearchPath = "", UsualDirectories = [] };

    private static Task<PostgresBinaries> FindAsync(PostgresSearch search, int? wantedMajor = null) =>
        search.FindAsync(wantedMajor, ServerAccount.Own, _ => { }, CancellationToken.None);

    /// <summary>A directory of programs that print a version, or fail when it is null.</summary>
    private string Fake(string name, string? version, params string[] programs)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_directory.Root, name)).FullName;
        var script = version is null ? "#!/bin/sh\nexit 1\n" : $"#!/bin/sh\necho 'postgres (PostgreSQL) {version} (Debian {version}-1)'\n";
        foreach (var program in programs is [] ? ["initdb", "postgres", "pg_ctl"] : programs)
        {
            var path = Path.Combine(directory, program);
            File.WriteAllText(path, script);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return directory;
    }
}
