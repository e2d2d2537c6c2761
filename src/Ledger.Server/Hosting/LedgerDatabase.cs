using System.Security.Cryptography;
using Ledger.LocalPostgres;
using Ledger.Store;
using Marten;
using Npgsql;

namespace Ledger.Server;

/// <summary>
/// The database that the server works on: a given one, or a private PostgreSQL that starts and ends with the server. It is migrated when it is
/// opened.
/// </summary>
internal sealed class LedgerDatabase : IAsyncDisposable
{
    private const string LocalName = "ledger";

    private readonly LocalCluster? _cluster;

    private LedgerDatabase(string ownerConnectionString, string serviceConnectionString, LocalCluster? cluster)
    {
        OwnerConnectionString = ownerConnectionString;
        ServiceConnectionString = serviceConnectionString;
        Source = ServiceDataSource.Create(serviceConnectionString);
        Store = new(Source);
        Documents = MartenConfiguration.Open(Source, LedgerModel.Schema);
        _cluster = cluster;
    }

    /// <summary>The service's login.</summary>
    internal string ServiceConnectionString { get; }

    /// <summary>The owner's login, for migrations and erasure.</summary>
    internal string OwnerConnectionString { get; }

    /// <summary>Sessions under the service's role, which has fewer rights than the owner.</summary>
    internal NpgsqlDataSource Source { get; }

    /// <summary>The log.</summary>
    internal EventStore Store { get; }

    /// <summary>The log and the operational state, as Marten sees them.</summary>
    internal DocumentStore Documents { get; }

    /// <summary>Opens the database and brings its schema up to date.</summary>
    /// <param name="settings">Which database.</param>
    /// <param name="attach">For commands beside a running server: use its private PostgreSQL instead of starting a second one.</param>
    /// <param name="say">Receives a line for each notable step.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="migrate">Whether to bring the schema up to date. Commands that compare the schema do not.</param>
    internal static async Task<LedgerDatabase> OpenAsync(LedgerSettings settings, bool attach, Action<string> say, CancellationToken cancellationToken, bool migrate = true)
    {
        if (settings.ConnectionString is { } given)
        {
            var owner = string.IsNullOrWhiteSpace(settings.OwnerConnectionString) ? given : settings.OwnerConnectionString;
            await MigrateAsync(owner, migrate, say, cancellationToken);
            return new(owner, given, null);
        }

        var cluster = (attach ? await LocalCluster.TryAttachAsync(settings.DataDirectory, cancellationToken) : null)
            ?? await LocalCluster.StartAsync(new() { DataDirectory = settings.DataDirectory, Say = say }, cancellationToken);
        try
        {
            await CreateAsync(cluster.SuperuserConnectionString(), cancellationToken);
            var owner = cluster.SuperuserConnectionString(LocalName);
            await MigrateAsync(owner, migrate, say, cancellationToken);
            return new(owner, owner, cluster);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Documents.DisposeAsync();
        await Store.DisposeAsync();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private static Task MigrateAsync(string owner, bool migrate, Action<string> say, CancellationToken cancellationToken) =>
        migrate ? Migrator.MigrateAsync(owner, LedgerModel.Schema, say, cancellationToken) : Migrator.PrepareAsync(owner, cancellationToken);

    private static async Task CreateAsync(string superuser, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(superuser) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = LocalName } } };
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            await using var create = new NpgsqlCommand($"create database {LocalName}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

/// <summary>The admin key of a private ledger. It is made at the first start and kept in a file that only its user can read.</summary>
internal static class LocalAdminKey
{
    internal static async Task<string> LoadOrMakeAsync(string dataDirectory, Action<string> say, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(dataDirectory);
        var path = Path.Combine(dataDirectory, "admin-key");
        if (!File.Exists(path))
        {
            var key = "ledger_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using var file = new StreamWriter(path, options);
            await file.WriteAsync(key.AsMemory(), cancellationToken);
        }

        say($"The admin key is in {path}");
        return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
    }
}
