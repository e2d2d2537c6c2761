namespace Ledger.LocalPostgres;

/// <summary>Finds the binaries from which a running server was started.</summary>
internal static class RunningBinaries
{
    /// <summary>Reads postmaster.opts, which holds the server's command line: its program, then each argument in double quotes.</summary>
    /// <exception cref="LocalPostgresException">The binaries are gone, or cannot be run.</exception>
    public static async Task<PostgresBinaries> OfAsync(ClusterPlace place, CancellationToken ct)
    {
        var command = await File.ReadAllTextAsync(place.PostmasterOptions, ct);
        var program = command.Split(" \"", 2)[0].Trim();
        var directory = Path.GetDirectoryName(program)!;
        var (found, fault) = await PostgresBinaries.InspectAsync(directory, ServerAccount.Own, ct);
        return found ?? throw new LocalPostgresException(
            $"The PostgreSQL on {place.Data} runs from {directory}, but {fault}: stop it and start it again.");
    }
}
