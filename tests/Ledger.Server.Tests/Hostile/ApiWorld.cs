using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ledger.Testing;

namespace Ledger.Server.Tests.Hostile;

/// <summary>A ledger that holds everything that the examples of the description refer to, and an id for every path.</summary>
internal sealed partial class ApiWorld
{
    private readonly RunningLedger _ledger;
    private ApiWorld(RunningLedger ledger, JsonElement description) => (_ledger, Description) = (ledger, description);

    /// <summary>Subscriptions may speak to this machine, so that nothing leaves it.</summary>
    internal static Dictionary<string, string?> Settings { get; } = new()
    {
        ["Ledger:SecretsKey"] = Convert.ToBase64String(new byte[32]),
        ["Ledger:Webhooks:AllowHttp"] = "true",
        ["Ledger:Webhooks:AllowedNetworks"] = "127.0.0.0/8",
    };

    internal JsonElement Description { get; }

    /// <summary>How many fresh writes were made; the ids of the last one end with it.</summary>
    internal int Count { get; private set; }

    internal IReadOnlyList<ApiOperation> Operations { get; private set; } = [];

    private string Key { get; set; } = "";

    private string Subscription { get; set; } = "";

    internal static async Task<ApiWorld> RecordAsync(RunningLedger ledger)
    {
        var world = new ApiWorld(ledger, (await ledger.ReadDescriptionAsync()).Body);
        world.Operations = [.. world.Description.Operations()];
        foreach (var (id, kind) in new[] { ("the-telegraph", "publisher"), ("russia-labour-ministry", "government"), ("russia-mfa", "government"), ("daily-caller", "publisher") })
        {
            await ledger.RecordAsync("/v1/parties", $$"""{"id": "{{id}}", "name": "{{id}}", "kind": "{{kind}}"}""");
        }

        foreach (var id in new[] { "telegraph-online", "telegraph-print" })
        {
            await ledger.RecordAsync("/v1/sources", $$"""{"id": "{{id}}", "kind": "article", "title": "T", "publisher": "the-telegraph"}""");
            await ledger.RecordAsync($"/v1/sources/{id}/versions", """{"edition": "print", "publishedAt": "2018-08-04", "seen": true}""");
        }

        await world.ClaimAsync("t06");
        world.Key = (await ledger.RecordAsync("/v1/keys", """{"name": "K", "scopes": ["read"]}""")).GetProperty("id").GetString()!;
        world.Subscription = (await ledger.RecordAsync("/v1/subscriptions", """{"name": "S", "delivery": {"kind": "webhook", "url": "http://127.0.0.1:1/"}}""")).GetProperty("id").GetString()!;
        return world;
    }

    /// <summary>A path whose ids exist.</summary>
    internal string Fill(string path, string? id = null) => Part().Replace(path, part => part.Groups[1].Value switch
    {
        "second" => "20300101000000",
        "position" => "1",
        "tile" => "000",
        "path" => "0/000",
        "documentName" => "v1",
        _ when id is not null => id,
        _ when path.Contains("/parties/", StringComparison.Ordinal) => "russia-mfa",
        _ when path.Contains("/sources/", StringComparison.Ordinal) => "telegraph-print",
        _ when path.Contains("/keys/", StringComparison.Ordinal) => Key,
        _ when path.Contains("/subscriptions/", StringComparison.Ordinal) => Subscription,
        _ when path.Contains("/erasures/", StringComparison.Ordinal) || path.Contains("/events/", StringComparison.Ordinal) => "01890a5d-ac96-774b-bcce-b302099a8057",
        _ => "t06",
    });

    /// <summary>A write that would be accepted: its path and its example, on its own assertion.</summary>
    internal async Task<(string Path, JsonNode Body)> FreshAsync(ApiOperation operation)
    {
        var id = $"x{++Count:d5}";
        await ClaimAsync(id);
        var text = operation.Example!.Value.GetRawText().Replace("\"t06\"", $"\"{id}\"", StringComparison.Ordinal);
        var target = operation.Path.Contains("/assertions/", StringComparison.Ordinal) ? id : null;
        if (operation.Path.EndsWith("/answers", StringComparison.Ordinal))
        {
            var request = await _ledger.RecordAsync($"/v1/assertions/{id}/requests", """{"requester": "russia-mfa", "kind": "reply", "text": "Well?"}""");
            text = EventId().Replace(text, request.EventId);
        }
        else if (operation.Path.EndsWith("/withdrawal", StringComparison.Ordinal))
        {
            target = (await _ledger.DenyAsync(id, party: "russia-mfa")).EventId;
        }

        var body = JsonNode.Parse(text)!;
        if (body["id"] is not null)
        {
            body["id"] = operation.Method == "put" ? "russia-mfa" : $"y{Count:d5}";
        }

        return (Fill(operation.Path, target), body);
    }

    private Task<JsonElement> ClaimAsync(string id) => _ledger.RecordAsync("/v1/assertions",
        Operations.First(o => o.ToString() == "post /v1/assertions").Example!.Value.GetRawText().Replace("\"t06\"", $"\"{id}\"", StringComparison.Ordinal));

    [GeneratedRegex("{([A-Za-z]+)}")]
    private static partial Regex Part();

    [GeneratedRegex("01890a5d-[0-9a-f-]+")]
    private static partial Regex EventId();
}
