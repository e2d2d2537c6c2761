using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>The content of a receipt's extra line, as canonical JSON: format, event, salts and, after an erasure, erasedBy.</summary>
internal sealed record ReceiptContent(CommittedEvent Event, SaltRecord.Parts Salts, IReadOnlyDictionary<string, long> ErasedBy)
{
    private const string FirstFormat = "claims-ledger/receipt/v1";
    private const string Format = "claims-ledger/receipt/v2";

    public static bool TryFormat(ReceiptContent content, [NotNullWhen(true)] out byte[]? json, [NotNullWhen(false)] out string? problem)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("format", FormatOf(content.Event));
            WriteEvent(writer, content.Event);
            writer.WritePropertyName("salts");
            writer.WriteRawValue(content.Salts.ToJson());
            WriteErasedBy(writer, content);
            writer.WriteEndObject();
        }

        return CanonicalJson.TryFormat(stream.ToArray(), NumberRule.Exact, out json, out problem);
    }

    /// <summary>Reads only the exact bytes that <see cref="TryFormat"/> writes, so that nothing can hide beside what is verified.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out ReceiptContent? content, [NotNullWhen(false)] out string? problem)
    {
        content = null;
        if (!CanonicalJson.TryParse(json, out var document, out problem))
        {
            return false;
        }

        using (document)
        {
            var read = Read(document.RootElement);
            if (read is null || !TryFormat(read, out var again, out _) || !json.Span.SequenceEqual(again))
            {
                problem = $"The extra line of the proof is not the canonical JSON of {FirstFormat} or {Format}.";
                return false;
            }

            content = read;
            return true;
        }
    }

    /// <summary>Each leaf schema has its own format of receipt. The schema follows from whether the event has headers.</summary>
    private static string FormatOf(CommittedEvent stored) => stored.Headers is null ? FirstFormat : Format;

    /// <summary>The first format has only fields, and names them without a path.</summary>
    private static void WriteErasedBy(Utf8JsonWriter writer, ReceiptContent content)
    {
        var named = content.ErasedBy.Select(entry => (Name: content.Event.Headers is null ? CommitmentPath.FieldOf(entry.Key) : entry.Key, entry.Value))
            .Where(entry => entry.Name is not null).ToList();
        if (named.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("erasedBy");
        foreach (var (name, position) in named)
        {
            writer.WriteNumber(name!, position);
        }

        writer.WriteEndObject();
    }

    internal static void WriteEvent(Utf8JsonWriter writer, CommittedEvent stored)
    {
        writer.WriteStartObject("event");
        writer.WriteString("causation", stored.Causation);
        writer.WritePropertyName("data");
        writer.WriteRawValue(stored.Data.Span);
        if (stored.Headers is { } headers)
        {
            writer.WritePropertyName("headers");
            headers.Write(writer);
        }

        writer.WriteString("id", stored.Id);
        writer.WriteNumber("position", stored.Position);
        writer.WriteString("recordedAt", RecordedTime.Format(stored.RecordedAt));
        writer.WriteString("recordedBy", stored.RecordedBy);
        writer.WriteString("stream", stored.Stream);
        writer.WriteString("type", stored.Type);
        writer.WriteNumber("version", stored.Version);
        writer.WriteEndObject();
    }

    internal static ReceiptContent? Read(JsonElement root)
    {
        if (Member(root, "event") is not { } stored
            || !TryReadHeaders(stored, out var headers)
            || Member(root, "salts") is not { } saltsJson || SaltRecord.Read(saltsJson) is not SaltRecord.Parts salts
            || Member(stored, "data") is not { ValueKind: JsonValueKind.Object } data
            || !Guid.TryParse(Text(stored, "id"), out var id)
            || !RecordedTime.TryParse(Text(stored, "recordedAt"), out var recordedAt)
            || Number(stored, "position") is not { } position
            || Number(stored, "version") is not { } version
            || Text(stored, "stream") is not { } stream
            || Text(stored, "type") is not { } type
            || Text(stored, "recordedBy") is not { } recordedBy
            || ReadErasedBy(Member(root, "erasedBy"), headers is null) is not { } erasedBy)
        {
            return null;
        }

        return new ReceiptContent(
            new CommittedEvent
            {
                Position = position,
                Id = id,
                Stream = stream,
                Version = version,
                Type = type,
                RecordedAt = recordedAt,
                RecordedBy = recordedBy,
                Causation = Text(stored, "causation"),
                Headers = headers,
                Data = System.Text.Encoding.UTF8.GetBytes(data.GetRawText()),
            },
            salts,
            erasedBy);
    }

    private static bool TryReadHeaders(JsonElement stored, out CommittedHeaders? headers)
    {
        var json = Member(stored, "headers");
        headers = json is { } present ? CommittedHeaders.Read(present) : null;
        return json is null == headers is null;
    }

    private static SortedDictionary<string, long>? ReadErasedBy(JsonElement? json, bool first)
    {
        var positions = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (json is not { } present)
        {
            return positions;
        }

        if (present.ValueKind != JsonValueKind.Object || CanonicalJson.Members(present) is not { } members)
        {
            return null;
        }

        foreach (var (name, value) in members)
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var position))
            {
                return null;
            }

            positions.Add(first ? CommitmentPath.OfField(name) : name, position);
        }

        return positions;
    }

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;

    private static long? Number(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    private static string? Text(JsonElement json, string name) => Member(json, name) is { } value ? CanonicalJson.Text(value) : null;
}
