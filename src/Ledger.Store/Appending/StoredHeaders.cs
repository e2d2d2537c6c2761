using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Transparency;

namespace Ledger.Store;

/// <summary>The JSON of <c>mt_events.headers</c>.</summary>
internal static class StoredHeaders
{
    /// <summary>The name of the header that joins an event to the trace of the request that recorded it.</summary>
    internal const string TraceParent = "traceparent";

    /// <summary>As long as the output of HMAC-SHA256, which the commitments use.</summary>
    private const int SaltSizeBytes = 32;
    private const int KeptSizeBytes = 8 * 1024;

    /// <summary>The headers shown for events that another program wrote into the log without headers.</summary>
    private static readonly EventHeaders Foreign = new() { RecordedBy = "unknown" };

    /// <summary>
    /// One buffer for each thread. A new writer for each event would allocate 4 KB, because nearly no event's headers fit into its first 256 bytes.
    /// </summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? kept;

    public static byte[] Write(EventHeaders headers)
    {
        Span<byte> salt = stackalloc byte[SaltSizeBytes];
        RandomNumberGenerator.Fill(salt);
        var buffer = kept ??= new(KeptSizeBytes);
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("recordedBy"u8, headers.RecordedBy);
            if (headers.OnBehalfOf is not null)
            {
                json.WriteString("onBehalfOf"u8, headers.OnBehalfOf);
            }

            if (headers.Tags.Count > 0)
            {
                json.WriteStartArray("tags"u8);
                foreach (var tag in headers.Tags)
                {
                    json.WriteStringValue(tag);
                }

                json.WriteEndArray();
            }

            if (headers.TraceParent is not null)
            {
                json.WriteString(TraceParent, headers.TraceParent);
            }

            json.WriteBase64String("salt"u8, salt);
            json.WriteNumber(LeafHeaders.SchemaName, EventLeaf.SchemaVersion);
            json.WriteEndObject();
        }

        // The bound is on the canonical form, which is never longer than this text. An event beyond the bound would have no leaf, and no later event
        // could be signed.
        if (buffer.WrittenCount > CommittedHeaders.LengthMax)
        {
            throw new ArgumentException($"Headers have at most {CommittedHeaders.LengthMax} bytes.", nameof(headers));
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static EventHeaders Read(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return Foreign;
        }

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return root.ValueKind != JsonValueKind.Object ? Foreign : new()
        {
            RecordedBy = Text(root, "recordedBy"u8) ?? Foreign.RecordedBy,
            OnBehalfOf = Text(root, "onBehalfOf"u8),
            Tags = Texts(root, "tags"u8),
            TraceParent = Text(root, "traceparent"u8),
        };
    }

    /// <summary>Reads only who recorded the event and for whom.</summary>
    public static (string RecordedBy, string? OnBehalfOf) ReadRecorder(ReadOnlySpan<byte> json)
    {
        var (recordedBy, onBehalfOf) = (Foreign.RecordedBy, (string?)null);
        if (json.IsEmpty)
        {
            return (recordedBy, onBehalfOf);
        }

        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return (recordedBy, onBehalfOf);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isRecordedBy, isOnBehalfOf) = (reader.ValueTextEquals("recordedBy"u8), reader.ValueTextEquals("onBehalfOf"u8));
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && (isRecordedBy || isOnBehalfOf))
            {
                var text = reader.GetString()!;
                (recordedBy, onBehalfOf) = isRecordedBy ? (text, onBehalfOf) : (recordedBy, text);
            }

            reader.Skip();
        }

        return (recordedBy, onBehalfOf);
    }

    /// <summary>Reads only the W3C trace context; null where the event has none.</summary>
    public static string? ReadTraceParent(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals(TraceParent))
            {
                return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
        }

        return null;
    }

    private static string? Text(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string> Texts(JsonElement root, ReadOnlySpan<byte> name)
    {
        if (!root.TryGetProperty(name, out var values) || values.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var texts = new List<string>(values.GetArrayLength());
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                texts.Add(value.GetString()!);
            }
        }

        return texts;
    }
}
