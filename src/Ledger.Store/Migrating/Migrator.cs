using Npgsql;

namespace Ledger.Store;

/// <summary>Brings a database to the shape that this program needs.</summary>
public static class Migrator
{
    /// <summary>Roles belong to the cluster: two databases that migrate at once may touch the same row of its catalog.</summary>
    private const int AttemptsMax = 5;
    private const string ConcurrentlyUpdated = PostgresErrorCodes.InternalError;

    /// <summary>
    /// Applies what is missing in one transaction; any number of nodes may call it at once. The login must be able to
    /// create roles and schemas the first time (or they exist already) and to become <c>ledger_owner</c>, which owns
    /// everything.
    /// </summary>
    /// <param name="ownerConnectionString">A login with those rights.</param>
    /// <param name="sources">Migrations beside the store's own, with greater numbers.</param>
    /// <param name="say">Told each file that is applied.</param>
    /// <param name="cancellationToken">Cancels; nothing is applied then.</param>
    /// <exception cref="MigrationChangedException">An applied file was edited.</exception>
    public static async Task MigrateAsync(
        string ownerConnectionString,
        IReadOnlyList<SqlSource>? sources = null,
        Action<string>? say = null,
        CancellationToken cancellationToken = default)
    {
        var files = SqlFiles.All(sources);
        var settings = new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ApplyAsync(settings.ConnectionString, files, say, cancellationToken);
                return;
            }
            catch (PostgresException e) when (attempt < AttemptsMax && (e.IsTransient
                || e.SqlState is ConcurrentlyUpdated or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateObject))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(20, 200)), cancellationToken);
            }
        }
    }

    /// <summary>True when nothing is missing. Reads only, so that the service's role may ask.</summary>
    public static async Task<bool> IsCurrentAsync(
        NpgsqlDataSource dataSource, IReadOnlyList<SqlSource>? sources = null, CancellationToken cancellationToken = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select to_regclass('ledger.migrations') is not null", connection);
        return await exists.ExecuteScalarAsync(cancellationToken) is true
            && Missing(SqlFiles.All(sources), await AppliedAsync(connection, cancellationToken)).Count == 0;
    }

    private static async Task ApplyAsync(
        string connectionString, IReadOnlyList<SqlFile> files, Action<string>? say, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Nodes that start together migrate one after the other, and the later ones find nothing to do.
        await RunAsync("select pg_advisory_xact_lock(7200)");
        await RunAsync(SqlFiles.Bootstrap("roles"));
        await RunAsync("set local role ledger_owner");
        await RunAsync(SqlFiles.Bootstrap("migrations"));
        var applied = await AppliedAsync(connection, cancellationToken);
        foreach (var file in Missing(files, applied))
        {
            say?.Invoke(file.Name);
            await RunAsync(file.Text);
            await using var remember = new NpgsqlCommand(
                """
                insert into ledger.migrations (name, hash) values ($1, $2)
                on conflict (name) do update set hash = excluded.hash, applied_at = now()
                """,
                connection);
            remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = file.Name });
            remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = file.Hash });
            await remember.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static List<SqlFile> Missing(IReadOnlyList<SqlFile> files, Dictionary<string, string> applied)
    {
        var missing = new List<SqlFile>();
        foreach (var file in files)
        {
            if (!applied.TryGetValue(file.Name, out var hash))
            {
                missing.Add(file);
            }
            else if (hash != file.Hash)
            {
                missing.Add(file.IsFunction ? file : throw new MigrationChangedException(file.Name));
            }
        }

        return missing;
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var select = new NpgsqlCommand("select name, hash from ledger.migrations", connection);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            applied.Add(row.GetString(0), row.GetString(1));
        }

        return applied;
    }
}
