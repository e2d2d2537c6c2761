using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Domain;

/// <summary>Equality by the stored form, because C# does not compare records that hold lists by value.</summary>
internal static class Same
{
    /// <summary>Whether two values are written as the same JSON.</summary>
    internal static bool Json<T>(T left, T right) =>
        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(left, DomainJson.Stored), JsonSerializer.SerializeToNode(right, DomainJson.Stored));

    /// <summary>Whether two events say the same, apart from their times (<c>occurredAt</c>, <c>publishedAt</c>).</summary>
    internal static bool Event<T>(T left, T right)
        where T : LedgerEvent =>
        Json(left with { OccurredAt = null, PublishedAt = null }, right with { OccurredAt = null, PublishedAt = null });
}
