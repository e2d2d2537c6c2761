using System.Text.Json.Nodes;

namespace Ledger.Server;

/// <summary>Makes JSON objects for exports. A member without a value is left out.</summary>
internal static class JsonMembers
{
    /// <summary>An object of the members that have a value, in their order.</summary>
    internal static JsonObject Present(params (string Name, JsonNode? Value)[] members) => new(members.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(m.Name, m.Value)));
}
