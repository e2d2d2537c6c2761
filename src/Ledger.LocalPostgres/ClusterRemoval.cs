namespace Ledger.LocalPostgres;

/// <summary>Removes a cluster with everything in it.</summary>
public static class ClusterRemoval
{
    /// <summary>
    /// Deletes the data directory's cluster, wherever it is. For root it may be in another place, where it would remain if only the data directory
    /// were deleted. It is no error when there is no cluster.
    /// </summary>
    /// <exception cref="LocalPostgresException">A process runs the cluster.</exception>
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
