using Ledger.Store;
using Npgsql;

namespace Ledger.Testing;

/// <summary>A database of one test's own, copied from a migrated template, and dropped with the test.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private const string ServiceLogin = "test_service";
    private const string ServicePassword = "test";
    private const int PoolSizeMax = 30;
    private const int StartingTriesMax = 300;

    private readonly TestPostgres postgres;

    private TestDatabase(TestPostgres postgres, string name)
    {
        this.postgres = postgres;
        Name = name;
    }

    public string Name { get; }

    /// <summary>A superuser's, as migrations may have.</summary>
    public string OwnerConnectionString => With(postgres.SuperuserConnectionString(Name), _ => { });

    /// <summary>A login that is a member of <c>ledger_service</c> and of nothing else.</summary>
    public string ServiceConnectionString => With(OwnerConnectionString, s => (s.Username, s.Password) = (ServiceLogin, ServicePassword));

    /// <param name="migrated">Whether the store's tables are there.</param>
    /// <param name="model">What the log holds. No event types are known when it is left out.</param>
    /// <param name="postgres">The server; the process's shared one when left out.</param>
    public static async Task<TestDatabase> CreateAsync(
        bool migrated = true, LogModel? model = null, TestPostgres? postgres = null)
    {
        postgres ??= await TestPostgres.SharedAsync();
        var name = $"test_{Guid.CreateVersion7():n}";
        var template = migrated ? await TemplateAsync(postgres, model ?? LogModel.Empty) : "template0";
        await RunAsync(postgres, $"create database {name} template {template}");
        return new(postgres, name);
    }

    /// <summary>A store on this database under the service's role, as a node would open it.</summary>
    public EventStore OpenStore() => new(ServiceDataSource.Create(ServiceConnectionString));

    public async ValueTask DisposeAsync() => await RunAsync(postgres, $"drop database if exists {Name} with (force)");

    private static async Task<string> TemplateAsync(TestPostgres postgres, LogModel model)
    {
        var template = $"template_{model.Name}";
        await postgres.TemplateGate.WaitAsync();
        try
        {
            if (!postgres.Templates.Contains(template))
            {
                await RunAsync(postgres, $"create database {template}");
                await Migrator.MigrateAsync(postgres.SuperuserConnectionString(template), model);
                if (postgres.Templates.Count == 0)
                {
                    await RunAsync(
                        postgres, $"create role {ServiceLogin} login password '{ServicePassword}' in role {ServiceDataSource.Role}");
                }

                postgres.Templates.Add(template);
            }
        }
        finally
        {
            postgres.TemplateGate.Release();
        }

        return template;
    }

    private static async Task RunAsync(TestPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(With(postgres.SuperuserConnectionString(), s => s.Pooling = false));
        for (var left = StartingTriesMax; ; left--)
        {
            try
            {
                await connection.OpenAsync();
                break;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CannotConnectNow && left > 0)
            {
                await Task.Delay(100); // A test killed the server, and it is recovering.
            }
        }

        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string With(string connectionString, Action<NpgsqlConnectionStringBuilder> change)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = PoolSizeMax };
        change(settings);
        return settings.ConnectionString;
    }
}
