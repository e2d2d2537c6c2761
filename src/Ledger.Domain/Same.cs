using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Domain;

/// <summary>Equality by stored form: records that hold lists are not equal by value in C#.</summary>
internal static class Same
{
    /// <summary>Whether two values are written as the same JSON.</summary>
    internal static bool Json<T>(T left, T right) =>
        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(left, DomainJson.Stored), JsonSerializer.SerializeToNode(right, DomainJson.Stored));

    /// <summary>Whether an event already says the same, leaving aside when it was uttered and published.</summary>
    internal static bool Event<T>(T left, T right)
        where T : LedgerEvent =>
        Json(left with { OccurredAt = null, PublishedAt = null }, right with { OccurredAt = null, PublishedAt = null });
}
