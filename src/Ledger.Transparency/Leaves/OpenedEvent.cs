using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>
/// An event with the salts of its fields and headers, as one line of JSON: <c>{"event": …, "salts": …}</c> with the members of a receipt. It is for a
/// verifier that reads a whole log and compares it with the tree. Unlike a receipt it proves nothing by itself, so it need not be canonical.
/// </summary>
/// <param name="Event">The event.</param>
/// <param name="Salts">The salts that open its commitments, without the event's own salt.</param>
public sealed record OpenedEvent(CommittedEvent Event, SaltRecord.Parts Salts)
{
    /// <summary>Writes the line without a newline; <paramref name="problem"/> tells why the stored event cannot be opened.</summary>
    public static bool TryWrite(CommittedEvent stored, SaltRecord salts, IBufferWriter<byte> target, [NotNullWhen(false)] out string? problem)
    {
        if (!EventPayload.TryParse(stored.Data, out var payload, out problem))
        {
            return false;
        }

        using var writer = new Utf8JsonWriter(target);
        writer.WriteStartObject();
        ReceiptContent.WriteEvent(writer, stored);
        writer.WritePropertyName("salts");
        salts.Split(payload.FieldNames, stored.Headers?.Names).Write(writer);
        writer.WriteEndObject();
        return true;
    }

    /// <summary>Reads a line; false where it is not an opened event.</summary>
    public static bool TryRead(JsonElement line, [NotNullWhen(true)] out OpenedEvent? opened)
    {
        opened = ReceiptContent.Read(line) is { } content ? new(content.Event, content.Salts) : null;
        return opened is not null;
    }
}
