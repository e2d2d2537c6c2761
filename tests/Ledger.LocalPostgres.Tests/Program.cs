using Ledger.LocalPostgres;

// The owner of a cluster in a process of its own: starts the one of the given data directory, says where it is on its last
// line ("ready <port> <postmaster's process> <bin directory>"), and lives until it is killed or its standard input ends.
try
{
    var options = new LocalPostgresOptions
    {
        DataDirectory = args[0],
        Settings = new Dictionary<string, string> { ["fsync"] = "off" },
        Say = Console.WriteLine,
    };
    await using var cluster = await LocalCluster.StartAsync(options, CancellationToken.None);
    Console.WriteLine($"ready {cluster.Port} {cluster.ProcessId} {cluster.BinDirectory}");
    await Console.In.ReadToEndAsync();
    return 0;
}
catch (LocalPostgresException failure)
{
    Console.WriteLine($"failed {failure.Message}");
    return 1;
}
