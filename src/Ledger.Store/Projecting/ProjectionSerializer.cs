using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Weasel.Core;
using Weasel.Storage;

namespace Ledger.Store;

/// <summary>
/// Reads events for the projections. Marten's way of reading a stored value waits for a stream, and makes a dictionary of all headers, for every event
/// and every projection; here the bytes are in memory already, and of the headers a projection uses only what joins it to a trace.
/// </summary>
[SuppressMessage("Performance", "CA1849:Call async methods when in an async method", Justification = "The row is in memory; there is nothing to wait for.")]
internal sealed class ProjectionSerializer : Marten.Services.SystemTextJsonSerializer, IStorageSerializer
{
    internal ProjectionSerializer(JsonSerializerOptions options)
        : base(options) => (EnumStorage, Casing) = (EnumStorage.AsString, Casing.CamelCase);

    ValueTask<T> IStorageSerializer.FromJsonAsync<T>(DbDataReader reader, int index, CancellationToken cancellationToken) =>
        new(typeof(T) == typeof(Dictionary<string, object>) ? (T)(object)Headers(reader.GetFieldValue<byte[]>(index)) : FromJson<T>(reader, index));

    ValueTask<object> IStorageSerializer.FromJsonAsync(Type type, DbDataReader reader, int index, CancellationToken cancellationToken) =>
        new(FromJson(type, reader, index));

    private static Dictionary<string, object> Headers(byte[] json) =>
        StoredHeaders.ReadTraceParent(json) is { } trace ? new() { [StoredHeaders.TraceParent] = trace } : [];
}
