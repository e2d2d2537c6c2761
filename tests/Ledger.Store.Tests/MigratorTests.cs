using Ledger.Testing;
using Npgsql;

namespace Ledger.Store.Tests;

public sealed class MigratorTests
{
    [Fact]
    public async Task Nodes_that_start_together_migrate_once()
    {
        await using var db = await TestDatabase.CreateAsync(migrated: false);
        await using var dataSource = NpgsqlDataSource.Create(db.OwnerConnectionString);
        (await Migrator.IsCurrentAsync(dataSource)).ShouldBeFalse();
        var said = new List<string>[4];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            n => Migrator.MigrateAsync(db.OwnerConnectionString, say: (said[n] = []).Add)));
        said.Count(s => s.Count > 0).ShouldBe(1);
        said.Single(s => s.Count > 0).ShouldHaveSingleItem().ShouldStartWith("Brought the database to the present version; ");
        (await Migrator.IsCurrentAsync(dataSource)).ShouldBeTrue();
    }

    [Fact]
    public async Task Databases_of_one_cluster_migrate_at_once()
    {
        await using var postgres = await TestPostgres.StartAsync(new Dictionary<string, string> { ["fsync"] = "off" });
        var databases = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            _ => TestDatabase.CreateAsync(migrated: false, postgres: postgres)));
        await Task.WhenAll(databases.Select(db => Migrator.MigrateAsync(db.OwnerConnectionString)));
        foreach (var db in databases)
        {
            await using var dataSource = ServiceDataSource.Create(db.OwnerConnectionString);
            (await Migrator.IsCurrentAsync(dataSource)).ShouldBeTrue();
            await db.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_login_that_is_no_superuser_migrates_and_serves()
    {
        await using var db = await TestDatabase.CreateAsync(migrated: false);
        var login = $"owner_{db.Name}";
        await Some.RunAsync(db.OwnerConnectionString, $"""
            create role {login} login password 'test' createrole;
            grant ledger_owner to {login} with admin option; grant ledger_service to {login};
            grant create on database {db.Name} to {login}
            """);
        var settings = new NpgsqlConnectionStringBuilder(db.OwnerConnectionString) { Username = login, Password = "test" };
        await Migrator.MigrateAsync(settings.ConnectionString);
        await using (var store = new EventStore(ServiceDataSource.Create(settings.ConnectionString)))
        {
            await store.AppendedAsync(Some.Request("s"));
        }

        await Some.RunAsync(db.OwnerConnectionString, $"drop owned by {login} cascade; drop role {login}");
    }

    [Fact]
    public async Task An_applied_migration_that_was_edited_is_an_error()
    {
        await using var db = await TestDatabase.CreateAsync();
        await Some.RunAsync(db.OwnerConnectionString, "update ledger.migrations set hash = 'x' where name = '0002_command_keys'");
        (await Should.ThrowAsync<MigrationChangedException>(Migrator.MigrateAsync(db.OwnerConnectionString))).Name.ShouldBe("0002_command_keys");
    }

    [Fact]
    public async Task A_function_whose_text_changed_is_created_again()
    {
        await using var db = await TestDatabase.CreateAsync();
        await Some.RunAsync(db.OwnerConnectionString, "update ledger.migrations set hash = 'x' where name = 'append_batch'");
        List<string> said = [];
        await Migrator.MigrateAsync(db.OwnerConnectionString, say: said.Add);
        said.ShouldBe(["Brought the database to the present version; tables and functions made or changed: 1"]);
        (await Some.ScalarAsync<string>(db.OwnerConnectionString, "select hash from ledger.migrations where name = 'append_batch'")).ShouldNotBe("x");
    }

    [Fact]
    public async Task The_service_may_ask_whether_all_migrations_are_applied()
    {
        await using var db = await TestDatabase.CreateAsync();
        await using var dataSource = ServiceDataSource.Create(db.ServiceConnectionString);
        (await Migrator.IsCurrentAsync(dataSource)).ShouldBeTrue();
        await Some.RunAsync(db.OwnerConnectionString, "update ledger.migrations set hash = 'x' where name = 'append_batch'");
        (await Migrator.IsCurrentAsync(dataSource)).ShouldBeFalse();
    }

    [Fact]
    public async Task Everything_belongs_to_roles_that_cannot_log_in()
    {
        await using var db = await TestDatabase.CreateAsync();
        (await Some.ScalarAsync<string>(db.OwnerConnectionString, """
            select string_agg(distinct r.rolname || ' ' || r.rolcanlogin, ', ') from (
              select relowner as o from pg_class where relnamespace = 'ledger'::regnamespace
              union all select proowner from pg_proc where pronamespace = 'ledger'::regnamespace
              union all select nspowner from pg_namespace where nspname like 'ledger%') x join pg_roles r on r.oid = x.o
            """)).ShouldBe("ledger_owner false");
        (await Some.ScalarAsync<string>(db.OwnerConnectionString, """
            select coalesce(string_agg(proname, ', '), 'none') from pg_proc p
            where pronamespace = 'ledger'::regnamespace and has_function_privilege('public', p.oid, 'execute')
            """)).ShouldBe("none");
    }
}
