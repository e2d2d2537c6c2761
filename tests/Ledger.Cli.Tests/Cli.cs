using System.Text.Json;
using Ledger.Testing;
using Npgsql;

namespace Ledger.Cli.Tests;

/// <summary>The command line against a running ledger, with its own folder for what it remembers.</summary>
internal sealed class Cli : IDisposable
{
    private readonly string _state = Path.Combine(Path.GetTempPath(), $"ledger-cli-{Guid.CreateVersion7():n}");

    internal async Task<(int Exit, string Output)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        var exit = await LedgerCommand.RunAsync([.. args, "--state", _state], output);
        return (exit, output.ToString());
    }

    internal async Task<(int Exit, JsonElement Report)> VerifyAsync(RunningLedger ledger)
    {
        var (exit, output) = await RunAsync("verify", ledger.BaseAddress.ToString(), "--json");
        return (exit, output.Length == 0 ? default : JsonElement.Parse(output));
    }

    public void Dispose()
    {
        if (Directory.Exists(_state))
        {
            Directory.Delete(_state, recursive: true);
        }
    }
}

/// <summary>What a superuser does to the tables behind the service's back.</summary>
internal static class Superuser
{
    internal static async Task RunAsync(TestDatabase database, params string[] statements)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        // All statements run at once: a server that reads between two of them would sign an unintended state.
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var sql in (string[])["alter table ledger.mt_events disable trigger all", .. statements, "alter table ledger.mt_events enable always trigger mt_events_append_only"])
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    internal static async Task<List<string>> AskAsync(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        var answers = new List<string>();
        while (await row.ReadAsync())
        {
            answers.Add(row.GetString(0));
        }

        return answers;
    }
}
