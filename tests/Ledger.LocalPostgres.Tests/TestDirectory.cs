namespace Ledger.LocalPostgres.Tests;

/// <summary>The directory of one test, with a data directory in it. Both are removed at the end, and so is the cluster, wherever it lives.</summary>
public sealed class TestDirectory : IDisposable
{
    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Open = Closed | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TestDirectory()
    {
        Root = Directory.CreateTempSubdirectory("ledger-postgres-").FullName;
        Mode(Open);
        Data = Path.Combine(Root, "data");
    }

    public string Root { get; }

    public string Data { get; }

    public List<string> Said { get; } = [];

    /// <summary>Options without slow disk syncs, which no test needs because no test cuts the power.</summary>
    public LocalPostgresOptions Options(params (string Name, string Value)[] settings) => new()
    {
        DataDirectory = Data,
        Settings = settings.Prepend(("fsync", "off")).ToDictionary(setting => setting.Item1, setting => setting.Item2),
        Say = Said.Add,
    };

    public Task<LocalCluster> StartAsync(params (string Name, string Value)[] settings) =>
        LocalCluster.StartAsync(Options(settings), CancellationToken.None);

    /// <summary>A directory that serves as the whole PATH and holds only these programs of the system.</summary>
    public string Tools(params string[] names)
    {
        var tools = Directory.CreateDirectory(Path.Combine(Root, "tools")).FullName;
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        foreach (var name in names)
            File.CreateSymbolicLink(Path.Combine(tools, name), path.Select(directory => Path.Combine(directory, name)).First(File.Exists));
        return tools;
    }

    /// <summary>Mode 0700, as mktemp makes it: only its owner can pass.</summary>
    public void Close() => Mode(Closed);

    public void Dispose()
    {
        ClusterRemoval.Remove(Data);
        Directory.Delete(Root, recursive: true);
    }

    private void Mode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Root, mode);
    }
}
