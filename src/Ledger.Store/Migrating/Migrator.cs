using JasperFx;
using Marten;
using Npgsql;
using Weasel.Core;

namespace Ledger.Store;

/// <summary>Brings a database to the schema that this program needs: Marten's tables, then the ledger's own objects, in one transaction.</summary>
public static class Migrator
{
    /// <summary>The role that owns the log. It has no login.</summary>
    public const string OwnerRole = "ledger_owner";

    /// <summary>Retries are needed because roles belong to the cluster: two databases that migrate at once may change the same row of its catalog.</summary>
    private const int AttemptsMax = 5;
    private const string ConcurrentlyUpdated = PostgresErrorCodes.InternalError;

    /// <summary>
    /// Applies what is missing, in one transaction. Any number of nodes may call it at once. The login must be able to become <see cref="OwnerRole"/>,
    /// which owns everything. It must also be able to create roles and schemas, unless they exist already.
    /// </summary>
    /// <param name="ownerConnectionString">A login with those rights.</param>
    /// <param name="model">What the log holds.</param>
    /// <param name="say">Receives one sentence that tells what was made or changed. It is not called where nothing is missing.</param>
    /// <param name="cancellationToken">Cancels the migration; then nothing is applied.</param>
    /// <exception cref="MigrationChangedException">The text of an applied migration was changed.</exception>
    public static async Task MigrateAsync(
        string ownerConnectionString, LogModel? model = null, Action<string>? say = null, CancellationToken cancellationToken = default)
    {
        await using var dataSource = OwnerDataSource(ownerConnectionString);
        await using var documents = MartenConfiguration.Open(dataSource, model ?? LogModel.Empty);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ApplyAsync(ownerConnectionString, documents, say, cancellationToken);
                return;
            }
            catch (Exception e) when (attempt < AttemptsMax && (e as PostgresException ?? e.InnerException as PostgresException) is { } refused
                && (refused.IsTransient || refused.SqlState is ConcurrentlyUpdated or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateObject))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(20, 200)), cancellationToken);
            }
        }
    }

    /// <summary>Makes the roles and schemas that everything else needs, if they are not there.</summary>
    /// <param name="ownerConnectionString">A login that may create roles and schemas.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task PrepareAsync(string ownerConnectionString, CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(ownerConnectionString, cancellationToken);
        await PrepareAsync(connection, cancellationToken);
    }

    /// <summary>Makes a data source whose sessions run as the owner's role, whoever logs in, also after they come back from the pool.</summary>
    /// <param name="ownerConnectionString">A login that may become the owner.</param>
    /// <param name="options">Settings of the sessions, as <c>-c name=value</c>.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static NpgsqlDataSource OwnerDataSource(string ownerConnectionString, string options = "")
    {
        var settings = new NpgsqlConnectionStringBuilder(ownerConnectionString) { NoResetOnClose = true };
        settings.Options = $"{options} {settings.Options}".Trim();
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);

        // The role is not a start-up option: a migration that hands something over to another role returns to the login by "reset role".
        builder.UsePhysicalConnectionInitializer(
            connection => Become(connection).ExecuteNonQuery(),
            async connection => await Become(connection).ExecuteNonQueryAsync());
        return builder.Build();

        static NpgsqlCommand Become(NpgsqlConnection connection) => new($"set role {OwnerRole}", connection);
    }

    /// <summary>
    /// Whether nothing is missing, according to the list of applied files in the database, which includes this version of Marten's tables. Only that
    /// list is read, so that the service's role may ask. That role cannot see enough of Marten's tables to compare them; <c>db-assert</c> does so as the owner.
    /// </summary>
    /// <param name="dataSource">The ledger's database.</param>
    /// <param name="model">What the log holds.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<bool> IsCurrentAsync(NpgsqlDataSource dataSource, LogModel? model = null, CancellationToken cancellationToken = default)
    {
        await using var command = dataSource.CreateCommand(LedgerSchema.AppliedSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return SqlFiles.Missing(SqlFiles.All(model ?? LogModel.Empty), await LedgerSchema.ReadAppliedAsync(reader, cancellationToken)).Count == 0;
    }

    private static async Task ApplyAsync(string connectionString, DocumentStore documents, Action<string>? say, CancellationToken cancellationToken)
    {
        // Nodes that start together migrate one after the other. The later ones find nothing to do.
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        await RunAsync(connection, "select pg_advisory_lock(7200)", cancellationToken);
        await PrepareAsync(connection, cancellationToken);
        var migration = await documents.Storage.Database.CreateMigrationAsync(cancellationToken);
        if (migration.Difference == SchemaPatchDifference.None)
        {
            return;
        }

        await documents.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        var changed = migration.Deltas.Count(d => d.Difference != SchemaPatchDifference.None);
        say?.Invoke($"Brought the database to the present version; tables and functions made or changed: {changed}");
    }

    private static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await RunAsync(connection, SqlFiles.Bootstrap("roles"), cancellationToken);

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
