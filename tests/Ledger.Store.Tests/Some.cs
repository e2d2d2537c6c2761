using System.Text;
using System.Text.Json;
using Npgsql;

namespace Ledger.Store.Tests;

/// <summary>Requests for tests that need only a few of their values.</summary>
internal static class Some
{
    public static NewEvent Event(string type = "claim_recorded", string data = """{"n": 1}""", params IReadOnlyList<string> tags) =>
        new(Guid.CreateVersion7(), type, data, new() { RecordedBy = "tests", Tags = tags });

    public static StreamWrite Write(string stream, long? expected = null, int events = 1, string type = "claim_recorded") =>
        new(stream, "assertion", expected, [.. Enumerable.Range(0, events).Select(_ => Event(type))]);

    public static AppendRequest Request(string stream, long? expected = null, int events = 1, string type = "claim_recorded") =>
        new([Write(stream, expected, events, type)]);

    public static CommandKey Key(string key, string fingerprint = "the same command", string principal = "tests") =>
        new(principal, key, Encoding.UTF8.GetBytes(fingerprint));

    /// <summary>The random salt that the store gave an event.</summary>
    public static byte[] SaltOf(RecordedEvent e) => JsonElement.Parse(e.Stored.Headers).GetProperty("salt").GetBytesFromBase64();

    public static async Task<AppendResult.Appended> AppendedAsync(this EventStore store, AppendRequest request) =>
        (await store.AppendAsync(request)).ShouldBeOfType<AppendResult.Appended>();

    public static async Task<List<RecordedEvent>> ReadLogAsync(this EventStore store)
    {
        List<RecordedEvent> log = [];
        FeedPage page;
        do
        {
            page = await store.ReadFeedAsync(log is [.., var last] ? last.Position : 0, EventStore.FeedPageMax, FeedFilter.All);
            log.AddRange(page.Events);
        }
        while (page.Next < page.Head);
        return log;
    }

    public static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var command = dataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task RunAsync(string connectionString, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
