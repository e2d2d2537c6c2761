using System.Text.Json;
using Marten;

namespace Ledger.Store;

/// <summary>
/// What the log's user tells Marten of its contents: the event types with their stored names, how they are read and written, and what is kept
/// beside the log. The store itself knows no claims.
/// </summary>
public sealed record LogModel
{
    /// <summary>A log without known event types: enough to append and to read rows.</summary>
    public static LogModel Empty { get; } = new() { Name = "store" };

    /// <summary>Tells models apart, where a process has several.</summary>
    public required string Name { get; init; }

    /// <summary>The event types by stored name, which is Marten's alias.</summary>
    public IReadOnlyDictionary<string, Type> EventTypes { get; init; } = new Dictionary<string, Type>();

    /// <summary>
    /// Reads stored data that has no event type of its own: an older shape, which is carried to the present one, or a type that this version does
    /// not know. Null where nothing but the event types can be read.
    /// </summary>
    public Func<string, JsonDocument, object>? ReadOther { get; init; }

    /// <summary>The stored names of older shapes, each with the type that <see cref="ReadOther"/> makes of it.</summary>
    public IReadOnlyDictionary<string, Type> OlderShapes { get; init; } = new Dictionary<string, Type>();

    /// <summary>How events and documents become JSON.</summary>
    public JsonSerializerOptions Json { get; init; } = JsonSerializerOptions.Web;

    /// <summary>SQL beside the store's own, with greater numbers.</summary>
    public IReadOnlyList<SqlSource> Sources { get; init; } = [];

    /// <summary>SQL by name that may run again and again, after the numbered migrations: the tables of the read models.</summary>
    public IReadOnlyDictionary<string, string> Scripts { get; init; } = new Dictionary<string, string>();

    /// <summary>Documents and projections of the log's user.</summary>
    public Action<StoreOptions>? Configure { get; init; }
}
