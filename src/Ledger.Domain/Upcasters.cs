using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Ledger.Domain;

/// <summary>Converts the stored data of an older event type to the shape of a newer one. Stored events are never edited.</summary>
/// <param name="To">The stored name of the newer type.</param>
/// <param name="Convert">Converts the old properties to the new ones. It must be pure, and must accept everything that was ever stored.</param>
public sealed record Upcaster(string To, Func<JsonObject, JsonObject> Convert);

/// <summary>
/// The upcasters in force, by the older stored name. A changed shape needs a new class with Marten's suffix
/// (<c>DenialRecordedV2</c>, stored as <c>denial_recorded_v2</c>) and one line here. Several upcasters are applied one after the other.
/// </summary>
public static class Upcasters
{
    /// <summary>All upcasters. No event type has needed one yet.</summary>
    public static IReadOnlyDictionary<string, Upcaster> Known { get; } = FrozenDictionary<string, Upcaster>.Empty;
}
