namespace Ledger.LocalPostgres;

/// <summary>Removes a cluster with everything in it.</summary>
public static class ClusterRemoval
{
    /// <summary>
    /// Deletes the data directory's cluster wherever it lives (as root it may live elsewhere, which deleting the data directory
    /// would leave behind). A cluster that never was is no error.
    /// </summary>
    /// <exception cref="LocalPostgresException">Some process runs it.</exception>
    public static void Remove(string dataDirectory)
    {
        var place = ClusterPlace.Of(dataDirectory);
        if (!Directory.Exists(place.Home))
            return;
        using (ClusterLock.Take(place))
        {
            if (place.Root != place.Home && Directory.Exists(place.Root))
                Directory.Delete(place.Root, recursive: true);
        }

        Directory.Delete(place.Home, recursive: true);
    }
}
