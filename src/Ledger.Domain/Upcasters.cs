using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Ledger.Domain;

/// <summary>Carries the stored data of an older event type to the shape of a newer one. Stored events are never edited.</summary>
/// <param name="To">The stored name of the newer type.</param>
/// <param name="Convert">From the old properties to the new: pure, and total over everything ever stored.</param>
public sealed record Upcaster(string To, Func<JsonObject, JsonObject> Convert);

/// <summary>
/// The upcasters in force, by the older stored name. A changed shape is a new class with Marten's suffix
/// (<c>DenialRecordedV2</c>, stored as <c>denial_recorded_v2</c>) and one line here; several steps chain.
/// </summary>
public static class Upcasters
{
    /// <summary>None has been needed yet.</summary>
    public static IReadOnlyDictionary<string, Upcaster> Known { get; } = FrozenDictionary<string, Upcaster>.Empty;
}
