using System.Buffers;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Reads a request's JSON body whole, bounded and strictly: unknown fields, NULs and lone surrogates are refused.</summary>
internal static class JsonBody
{
    /// <summary>The contract's limit of a body.</summary>
    internal const int BytesMax = 1_000_000;

    /// <summary>Reads the bytes, or ends with 413 or 415.</summary>
    internal static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
        {
            throw new ProblemException(new(415, "unsupported-media-type", "The content type is not supported", "Send JSON with Content-Type: application/json."));
        }

        if (request.ContentLength > BytesMax)
        {
            throw TooLarge();
        }

        var buffer = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4096) + 1);
        int read;
        while ((read = await request.Body.ReadAsync(buffer.GetMemory(4096), context.RequestAborted)) > 0)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > BytesMax)
            {
                throw TooLarge();
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a command from the bytes, or ends with 400 and the offending field.</summary>
    internal static T Parse<T>(ReadOnlySpan<byte> body)
    {
        try
        {
            CheckText(body);
            return JsonSerializer.Deserialize<T>(body, DomainJson.Wire) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException e)
        {
            var field = string.IsNullOrEmpty(e.Path) || e.Path == "$" ? null : e.Path.Replace("$.", "", StringComparison.Ordinal);
            var detail = body.IsEmpty ? "The body is empty; send a JSON object." : $"{e.Message.Split(" Path:")[0]} /openapi/v1.json shows the fields.";
            throw new ProblemException(new Problem(400, "invalid-json", "The body does not fit", detail)
            {
                Errors = field is not null ? [(field, detail)] : [.. Missing<T>(body).Select(name => (name, $"{name} is required."))],
            });
        }
    }

    /// <summary>The fields that an object must have and this one lacks: the reader itself names them only in words.</summary>
    private static List<string> Missing<T>(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement is not { ValueKind: JsonValueKind.Object } given
                ? []
                : [.. from p in DomainJson.Wire.GetTypeInfo(typeof(T)).Properties where p.IsRequired && !given.TryGetProperty(p.Name, out _) select p.Name];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return []; // It is not JSON, or a name in it is no text: that was the complaint.
        }
    }

    /// <summary>PostgreSQL's jsonb holds neither NUL nor half a character: both can hide in escapes that a lazy reader passes on.</summary>
    private static void CheckText(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\u"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                if (reader.GetString()!.Contains('\0', StringComparison.Ordinal))
                {
                    throw new JsonException($"A text holds a NUL character (at byte {reader.TokenStartIndex}); leave it out.");
                }
            }
            catch (InvalidOperationException)
            {
                throw new JsonException($"A text holds a lone surrogate (at byte {reader.TokenStartIndex}); send whole characters.");
            }
        }
    }

    private static ProblemException TooLarge() =>
        new(new(413, "too-large", "The request is too large", $"A body has at most {BytesMax} bytes; send several requests."));
}
