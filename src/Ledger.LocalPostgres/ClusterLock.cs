using System.Diagnostics;
using System.Globalization;

namespace Ledger.LocalPostgres;

/// <summary>The lock of the one process that owns a cluster. The operating system releases it when the process ends, in whatever way.</summary>
internal sealed class ClusterLock : IDisposable
{
    private readonly FileStream _file;

    private ClusterLock(FileStream file) => _file = file;

    /// <exception cref="LocalPostgresException">Another process, or this one, holds the cluster already.</exception>
    public static ClusterLock Take(ClusterPlace place)
    {
        Directory.CreateDirectory(place.Home);
        try
        {
            var taken = new ClusterLock(FileLock.Open(place.Lock));
            using var self = Process.GetCurrentProcess();
            File.WriteAllText(place.Holder, string.Create(CultureInfo.InvariantCulture, $"{self.Id} ({self.ProcessName})\n"));
            return taken;
        }
        catch (IOException cause) when (FileLock.IsHeld(cause))
        {
            // The holder writes its name directly after it took the lock. Only in between is the name missing, or that of its predecessor.
            var holder = File.Exists(place.Holder) ? File.ReadAllText(place.Holder).Trim() : "that is just starting";
            throw new LocalPostgresException(
                $"The PostgreSQL in {place.Home} is already run by process {holder}: stop that, or use another data directory.", cause);
        }
    }

    public void Dispose() => _file.Dispose();
}
