using JasperFx.Events;
using Ledger.Domain;
using Ledger.Store;
using Ledger.Testing;
using Marten;
using Marten.Events;
using Npgsql;

namespace Ledger.Server.Tests;

public sealed class NewsroomTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Newsroom");

    [Fact]
    public async Task A_Marten_application_of_its_own_opens_a_running_ledgers_log_and_cannot_append()
    {
        await using var database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        await using var ledger = await RunningLedger.StartAsync(database);
        var role = $"newsroom_{database.Name}";
        await RunAsync(database.OwnerConnectionString, (await File.ReadAllTextAsync(Path.Combine(Folder, "newsroom.sql")))
            .Replace("create role newsroom", $"create role {role}", StringComparison.Ordinal).Replace("authorization newsroom", $"authorization {role}", StringComparison.Ordinal)
            .Replace("to newsroom;", $"to {role};", StringComparison.Ordinal).Replace("set role newsroom;", $"set role {role};", StringComparison.Ordinal));
        try
        {
            await ledger.RecordDemoAsync();
            await ledger.SettleAsync();
            var login = new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Username = role, Password = "secret" };
            await using var store = DocumentStore.For(o => NewsroomApplication.Configure(o, login.ConnectionString));
            await ReadsAsync(store);
            await FollowsAsync(store);
            await CannotAppendAsync(store, ledger.Store);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await RunAsync(database.OwnerConnectionString, $"drop owned by {role} cascade; drop role {role}");
        }
    }

    [Fact]
    public async Task Marten_reads_every_event_of_the_ledger_as_the_ledger_does()
    {
        await using var ledger = await RunningLedger.StartAsync();
        await ledger.RecordDemoAsync();
        await ledger.SettleAsync();
        await using var session = ((IDocumentStore)ledger.Services.GetService(typeof(IDocumentStore))!).QuerySession();
        var events = await session.Events.QueryAllRawEvents().OrderBy(e => e.Sequence).ToListAsync();
        events.Count.ShouldBe((int)await ledger.Store.HeadAsync());
        foreach (var e in events)
        {
            var row = (await ledger.Store.ReadEventAsync(e.Sequence))!;
            EventTypes.Serialize((LedgerEvent)e.Data).ShouldBe(EventTypes.Serialize(EventTypes.Deserialize(row.Type, row.Data)));
            (e.StreamKey, e.Version, e.Timestamp, e.Id, e.EventTypeName).ShouldBe((row.Stream, row.Version, row.RecordedAt, row.Id, row.Type));
        }
    }

    [Fact]
    public async Task The_documentation_shows_the_application_as_it_stands()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Ledger.sln")))
        {
            root = root.Parent!;
        }

        var shown = await File.ReadAllTextAsync(Path.Combine(root.FullName, "docs", "marten.md"));
        var code = await File.ReadAllTextAsync(Path.Combine(root.FullName, "tests", "Ledger.Server.Tests", "Newsroom", "NewsroomApplication.cs"));
        var lines = code.Split('\n').SkipWhile(l => !l.Contains("begins here", StringComparison.Ordinal)).Skip(1).TakeWhile(l => !l.Contains("ends here", StringComparison.Ordinal));
        shown.ShouldContain(string.Join('\n', lines.Select(l => l.Length > 4 ? l[4..] : "")).Trim());
        shown.ShouldContain((await File.ReadAllTextAsync(Path.Combine(Folder, "newsroom.sql"))).Trim());
    }

    private static async Task ReadsAsync(DocumentStore store)
    {
        await using var session = store.QuerySession();
        var state = (await session.Events.FetchStreamStateAsync("assertion-t20"))!;
        state.Version.ShouldBe(2);
        var stream = await session.Events.FetchStreamAsync("assertion-t20");
        stream.Select(e => e.EventTypeName).ShouldBe(["claim_recorded", "denial_recorded"]);

        (await session.Events.AggregateStreamAsync<NewsroomApplication.Standing>("assertion-t20"))!.DeniedBy.ShouldBe(["russia-mfa"]);
        (await session.Events.AggregateStreamAsync<NewsroomApplication.Standing>("assertion-t20", version: 1))!.DeniedBy.ShouldBeEmpty();
        (await session.Events.AggregateStreamAsync<NewsroomApplication.Standing>("assertion-t20", timestamp: stream[0].Timestamp))!.DeniedBy.ShouldBeEmpty();
        var denials = await session.Events.QueryAllRawEvents().Where(e => e.EventTypeName == "denial_recorded").ToListAsync();
        denials.Select(e => e.StreamKey).ShouldBe(["assertion-t20"]);
    }

    private static async Task FollowsAsync(DocumentStore store)
    {
        store.Options.Projections.Errors.SkipUnknownEvents = true;
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(TimeSpan.FromSeconds(60));
        await daemon.StopAllAsync();
        await using var session = store.QuerySession();
        (await session.LoadAsync<NewsroomApplication.Standing>("assertion-t20"))!.DeniedBy.ShouldBe(["russia-mfa"]);
        (await session.Query<NewsroomApplication.Standing>().CountAsync(s => s.Proposition != "")).ShouldBe(50);
    }

    private static async Task CannotAppendAsync(DocumentStore store, EventStore ledger)
    {
        var head = await ledger.HeadAsync();
        await using var session = store.LightweightSession();
        session.Events.Append("assertion-t20", new NewsroomApplication.Denial("newsroom", "Not so"));
        await Should.ThrowAsync<Exception>(session.SaveChangesAsync());

        await using var direct = DocumentStore.For(o =>
        {
            NewsroomApplication.Configure(o, ((NpgsqlConnection)store.Storage.Database.CreateConnection()).ConnectionString + ";Password=secret");
            o.Events.DatabaseSchemaName = "ledger";
        });
        await using var other = direct.LightweightSession();
        other.Events.Append("assertion-t20", new NewsroomApplication.Denial("newsroom", "Not so"));
        var refused = await Should.ThrowAsync<Exception>(other.SaveChangesAsync());
        ((refused as PostgresException ?? refused.InnerException as PostgresException)!.SqlState).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await ledger.HeadAsync()).ShouldBe(head);
        (await ledger.ReadStreamAsync("assertion-t20")).Count.ShouldBe(2);
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
