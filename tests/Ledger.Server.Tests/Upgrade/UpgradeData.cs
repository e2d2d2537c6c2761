using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Json;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ledger.Server.Tests;

/// <summary>A request to a ledger and what it answered.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">The route with its query.</param>
/// <param name="Key">The secret that asks; null for the public.</param>
/// <param name="Idempotency">The key of a command.</param>
/// <param name="Body">The body of a command.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Position">The position that it was read at.</param>
/// <param name="Sha256">Of the body.</param>
internal sealed partial record Answered(string Method, string Path, string? Key, string? Idempotency, string? Body, int Status = 0, string? Position = null, string? Sha256 = null)
{
    internal async Task<(Answered Answer, string Text)> AskAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(new(Method), Path);
        if (Key is not null)
        {
            request.Headers.Authorization = new("Bearer", Key);
        }

        if (Body is not null)
        {
            request.Content = new StringContent(Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            request.Headers.Add("Idempotency-Key", $"\"{Idempotency}\"");
        }

        using var response = await http.SendAsync(request);
        var bytes = WithoutAdditions(await response.Content.ReadAsByteArrayAsync());
        var position = response.Headers.TryGetValues("Ledger-Position", out var values) ? values.Single() : null;
        return (this with { Status = (int)response.StatusCode, Position = position, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) }, Encoding.UTF8.GetString(bytes));
    }

    /// <summary>The contract grows by addition: what answers have gained since the data was made is taken out, so that every other byte is compared.</summary>
    private static byte[] WithoutAdditions(byte[] answer) =>
        answer.AsSpan().IndexOf(Addition) < 0 ? answer : Encoding.UTF8.GetBytes(KnownFromMoment().Replace(Encoding.UTF8.GetString(answer), ""));

    private static ReadOnlySpan<byte> Addition => "\"knownFromMoment\""u8;

    [GeneratedRegex(",\"knownFromMoment\":\"[^\"]*\"")]
    private static partial Regex KnownFromMoment();
}

/// <summary>A ledger's database as a version left it, with the answers that it gave: README.md beside the data says how it is made.</summary>
internal static class UpgradeData
{
    /// <summary>A test key: it signs nothing but this data.</summary>
    internal const string Origin = "ledger.example/upgrade";
    private const int EventsMin = 2_000;

    /// <summary>What each key is tried with.</summary>
    internal const string KeyQuestion = "/v1/audit?limit=5";

    internal static IReadOnlyDictionary<string, string?> Settings(string data) => new Dictionary<string, string?>
    {
        ["Ledger:SigningKey"] = File.ReadAllText(Path.Combine(data, "signing-key")),
        ["Ledger:Origin"] = Origin,
        ["Ledger:SecretsKey"] = Convert.ToBase64String(new byte[32]),
    };

    internal static async Task<IReadOnlyList<Answered>> ReadAsync(string data)
    {
        await using var file = new GZipStream(File.OpenRead(Path.Combine(data, "answers.ndjson.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        var answers = new List<Answered>();
        while (await reader.ReadLineAsync() is { } line)
        {
            answers.Add(JsonSerializer.Deserialize<Answered>(line)!);
        }

        return answers;
    }

    /// <summary>Restores the dump into an empty database. Its roles are there: another database of the cluster was migrated before.</summary>
    internal static async Task RestoreAsync(string data, string connectionString)
    {
        await using var file = new GZipStream(File.OpenRead(Path.Combine(data, "database.sql.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        var sql = string.Join('\n', (await reader.ReadToEndAsync()).Split('\n').Where(l => !l.StartsWith('\\')));
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var restore = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await restore.ExecuteNonQueryAsync();
    }

    /// <summary>The data are older than the overlap of the rotated key. Its end is moved in the restored rows, so that the overlap still holds.</summary>
    internal static async Task RenewFormerKeysAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var renew = new NpgsqlCommand("""
            update ledger_ops.mt_doc_access_key set data = data || jsonb_build_object('formerUntil', to_char((now() + interval '1 day') at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
            where data ? 'formerUntil'
            """, connection);
        (await renew.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    /// <summary>Records a ledger and saves its database and answers.</summary>
    internal static async Task MakeAsync(string data, TestDatabase database)
    {
        await using (var ledger = await RunningLedger.StartAsync(database, Settings(data)))
        {
            var (secrets, commands) = await RecordAsync(ledger);
            await ledger.SettleAsync();
            await UntilSignedAsync(ledger);
            await using var file = new GZipStream(File.Create(Path.Combine(data, "answers.ndjson.gz")), CompressionLevel.SmallestSize);
            await using var writer = new StreamWriter(file);
            foreach (var question in await QuestionsAsync(ledger, secrets, commands))
            {
                var (answer, text) = await question.AskAsync(ledger.Public);
                _ = answer.Status < 500 ? true : throw new InvalidOperationException($"{question.Path}: {text}");
                await writer.WriteLineAsync(JsonSerializer.Serialize(answer));
            }
        }

        var postgres = await TestPostgres.SharedAsync();
        var login = new NpgsqlConnectionStringBuilder(database.OwnerConnectionString);
        using var dump = Process.Start(new ProcessStartInfo(Path.Combine(postgres.BinDirectory, "pg_dump"))
        {
            ArgumentList = { "--inserts", "--rows-per-insert=500", "-h", postgres.Host, "-p", postgres.Port.ToString(CultureInfo.InvariantCulture), "-U", login.Username!, database.Name },
            Environment = { ["PGPASSWORD"] = login.Password },
            RedirectStandardOutput = true,
        })!;
        await using var sql = new GZipStream(File.Create(Path.Combine(data, "database.sql.gz")), CompressionLevel.SmallestSize);
        await dump.StandardOutput.BaseStream.CopyToAsync(sql);
        await dump.WaitForExitAsync();
        _ = dump.ExitCode == 0 ? true : throw new InvalidOperationException("pg_dump failed");
    }

    private static async Task<(List<string> Secrets, List<Answered> Commands)> RecordAsync(RunningLedger ledger)
    {
        await ledger.RecordDemoAsync();
        await ledger.RecordBasicsAsync();
        List<Answered> commands = [];
        async Task<JsonElement> DoAsync(string path, string body)
        {
            commands.Add(new("POST", path, RunningLedger.AdminKey, $"upgrade-{commands.Count}", body));
            return await ledger.RecordAsync(path, body, commands[^1].Idempotency);
        }

        for (var n = 1; n <= 6; n++)
        {
            await DoAsync("/v1/assertions", $$$"""{"id": "u{{{n}}}", "proposition": "Number {{{n}}} is so", "source": {"id": "report", "version": 1}, "attribution": [{"party": "ministry"}], "figures": [{"name": "n", "value": {{{n}}}}]}""");
        }

        await DoAsync("/v1/assertions/u2/links", """{"to": "u1", "relation": "derivedFrom", "basis": "stated"}""");
        await DoAsync("/v1/assertions/u1/corrections", """{"publisher": "gazette", "text": "Is 10.", "url": "https://example.org/n", "reason": "slip", "changes": [{"field": "figures/n", "before": 1, "after": 10}]}""");
        await DoAsync("/v1/assertions/u3/denials", """{"party": "ministry", "statement": "No", "contests": "whole", "citation": "a letter"}""");
        await DoAsync("/v1/assertions/u3/requests", """{"requester": "ministry", "kind": "correction", "text": "Mend it"}""");
        await DoAsync("/v1/assertions/u4/retraction", """{"publisher": "gazette", "text": "Retracted.", "url": "https://example.org/r", "reason": "wrong", "extent": "full"}""");
        await DoAsync("/v1/restrictions", """{"assertion": "u5", "reason": "hold"}""");
        var secrets = await RecordKeysAsync(ledger);
        await RecordErasuresAsync(ledger, secrets);
        var store = ledger.Services.GetRequiredService<EventStore>();
        var history = new RandomHistory(2026);
        var from = await store.HeadAsync();
        while (await store.HeadAsync() < from + EventsMin)
        {
            await history.RecordAsync(store);
        }

        NewEvent future = new(Guid.CreateVersion7(), "future_thing", """{"mood": "blue"}""", new() { RecordedBy = "a later version" });
        await store.AppendAsync(new([new("assertion-u6", "assertion", null, [future])]));
        // The subscriptions come last, so that no event waits for them: the answers would show its age.
        foreach (var id in new[] { "one", "two" })
        {
            await ledger.RecordAsync("/v1/subscriptions", $$$"""{"id": "{{{id}}}", "name": "Subscriber {{{id}}}", "delivery": {"kind": "webhook", "url": "https://example.org/{{{id}}}"}, "filter": {"types": ["ledger.denial_recorded.v1"]}}""");
            await ledger.RecordAsync($"/v1/subscriptions/{id}/pause", "{}");
        }

        return (secrets, commands);
    }

    private static async Task<List<string>> RecordKeysAsync(RunningLedger ledger)
    {
        List<string> secrets = [];
        foreach (var body in new[]
        {
            """{"name": "reader", "scopes": ["read", "audit"]}""", """{"name": "asks", "scopes": ["erase:request"]}""", """{"name": "approves", "scopes": ["erase:approve"]}""",
            """{"name": "of the ministry", "scopes": ["record"], "party": "ministry"}""", """{"name": "revoked", "scopes": ["read"]}""", """{"name": "rotated", "scopes": ["read", "audit"]}""",
        })
        {
            var key = await ledger.RecordAsync("/v1/keys", body);
            secrets.Add((key.TryGetProperty("secret", out var secret) ? secret : key.GetProperty("key")).GetString()!);
            if (body.Contains("revoked", StringComparison.Ordinal))
            {
                using var revoke = await ledger.Http.DeleteAsync(new Uri($"/v1/keys/{key.GetProperty("id").GetString()}", UriKind.Relative));
                revoke.EnsureSuccessStatusCode();
            }
            else if (body.Contains("rotated", StringComparison.Ordinal))
            {
                var rotated = await ledger.RecordAsync($"/v1/keys/{key.GetProperty("id").GetString()}/rotation", "{}");
                secrets.Add((rotated.TryGetProperty("secret", out secret) ? secret : rotated.GetProperty("key")).GetString()!);
            }
        }

        return secrets;
    }

    private static async Task RecordErasuresAsync(RunningLedger ledger, List<string> secrets)
    {
        using var asks = ledger.Client(secrets[1]);
        using var approves = ledger.Client(secrets[2]);
        foreach (var (what, approve) in new[] { (""" "u3", "fields": ["statement"] """, true), (""" "u2", "fields": ["proposition"] """, false) })
        {
            using var body = new StringContent($$"""{"assertion": {{what}}, "legalBasis": "Art. 17"}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using var asked = await asks.PostAsync(new Uri("/v1/erasures", UriKind.Relative), body);
            var request = JsonElement.Parse(await asked.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            using var none = new StringContent("{}", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            if (approve)
            {
                using var approved = await approves.PostAsync(new Uri($"/v1/erasures/{request.GetProperty("id").GetString()}/approval", UriKind.Relative), none);
                approved.EnsureSuccessStatusCode();
            }
        }
    }

    private static async Task<IReadOnlyList<Answered>> QuestionsAsync(RunningLedger ledger, List<string> secrets, List<Answered> commands)
    {
        var store = ledger.Services.GetRequiredService<EventStore>();
        var head = await store.HeadAsync();
        List<Answered> questions = [];
        void Ask(string path, string? key = RunningLedger.AdminKey) => questions.Add(new("GET", path, key, null, null));
        string[] lists = ["label=denied", "label=corrected", "q=permits", "party=ministry", "publisher=gazette", "knownAt=2018-08-03", "flag=contested", "order=changed"];
        for (var position = 1L; position <= head; position++)
        {
            var e = (await store.ReadEventAsync(position))!;
            var (type, id) = (e.Stream[..e.Stream.IndexOf('-', StringComparison.Ordinal)], e.Stream[(e.Stream.IndexOf('-', StringComparison.Ordinal) + 1)..]);
            Ask($"/v1/{(type == "party" ? "parties" : type + "s")}/{id}?asOf={position}", null);
            Ask($"/v1/assertions?asOf={position}&limit=20&{lists[position % lists.Length]}", null);
            Ask($"/v1/proofs/{position}");
            if (type == "assertion")
            {
                Ask(position % 3 == 0 ? $"/v1/assertions/{id}/history?asOf={position}" : $"/v1/assertions/{id}?asOf={position}&knownAt=2018-08-0{(position % 6) + 1}");
            }

            if (position % 50 == 0)
            {
                Ask($"/v1/changes?from={position / 2}&to={position}&limit=20", null);
                Ask($"/v1/events?after={position}&limit=40", null);
                Ask($"/v1/assertions/t20/provenance?asOf={position}&direction=both", null);
                Ask($"/v1/unanswered?asOf={position}");
                Ask($"/v1/sources?asOf={position}", null);
                Ask($"/v1/proofs/consistency?from={position / 2}&to={position}");
                Ask($"/log/tile/0/{(position / 256) - 1}", null);
            }
        }

        Ask($"/v1/audit?to={head}");
        Ask($"/v1/export?asOf={head}", null);
        foreach (var path in new[] { "/log/checkpoint", "/log/key", "/v1/keys", "/v1/erasures", "/v1/subscriptions", "/v1/subscriptions/one", "/v1/subscriptions/two/deliveries", "/v1/sources/telegraph-print/comparison?with=daily-caller" })
        {
            Ask(path);
        }

        secrets.ForEach(secret => Ask(KeyQuestion, secret));
        return [.. questions, .. commands];
    }

    private static async Task UntilSignedAsync(RunningLedger ledger)
    {
        var head = await ledger.Services.GetRequiredService<EventStore>().HeadAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var note = await ledger.Http.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative), timeout.Token);
            if (note.Split('\n')[1] == head.ToString(CultureInfo.InvariantCulture))
            {
                return;
            }

            await Task.Delay(50, timeout.Token);
        }
    }
}
