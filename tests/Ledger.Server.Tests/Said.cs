using System.Text.Json;
using Ledger.Store;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests;

/// <summary>What tests of the server say often.</summary>
internal static class Said
{
    extension(RunningLedger ledger)
    {
        internal EventStore Store => ledger.Services.GetRequiredService<EventStore>();

        internal Task<JsonElement> DenyAsync(string assertion, string statement = "It is not so", string party = "ministry") =>
            ledger.RecordAsync($"/v1/assertions/{assertion}/denials", Denial(statement, party));

        /// <summary>The ids that a list gives, in its order, once it has caught up.</summary>
        internal async Task<IReadOnlyList<string>> ListAsync(string query, bool asPublic = true)
        {
            var head = await ledger.Store.HeadAsync();
            var (response, list) = await ledger.GetAsync($"/v1/assertions?{query}&minPosition={head}", asPublic);
            response.IsSuccessStatusCode.ShouldBeTrue(list.ToString());
            return list.Ids();
        }

        internal async Task<JsonElement> ReadAsync(string path, bool asPublic = true)
        {
            var (response, body) = await ledger.GetAsync(path, asPublic);
            response.IsSuccessStatusCode.ShouldBeTrue($"{path}: {body}");
            return body;
        }
    }

    extension(JsonElement body)
    {
        internal long Position => body.GetProperty("position").GetInt64();

        internal string EventId => body.GetProperty("events").EnumerateArray().Last().GetProperty("id").GetString()!;

        internal string Label => body.GetProperty("standing").GetProperty("label").GetString()!;

        internal IReadOnlyList<string> Ids() => [.. body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];
    }

    internal static string Denial(string statement = "It is not so", string party = "ministry") =>
        $$"""{"party": "{{party}}", "statement": "{{statement}}", "contests": "whole", "citation": "https://example.org/denial"}""";
}
