using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ledger.Domain;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ledger.Server;

/// <summary>Reads a request's JSON body whole, bounded and strictly: unknown fields and what no text can carry are refused.</summary>
internal static class JsonBody
{
    /// <summary>The contract's limit of a body.</summary>
    internal const int BytesMax = 1_000_000;

    /// <summary>
    /// A longer body is refused, and read to its end up to this many bytes: a client that is still sending would see
    /// a broken connection instead of the answer.
    /// </summary>
    internal const int DrainedBytesMax = 32 * BytesMax;

    /// <summary>Whether a request brings a body at all.</summary>
    internal static bool IsIn(HttpContext context) => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;

    /// <summary>Reads the bytes, or ends with 413 or 415.</summary>
    internal static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
        {
            throw Unsupported("Send JSON with Content-Type: application/json.");
        }

        if (request.Headers.ContentEncoding is [{ Length: > 0 } coding, ..] && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw Unsupported($"The body is encoded as {coding}; send it as it is, without Content-Encoding.");
        }

        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.ToString() is { Length: > 0 } charset && !IsUtf8(charset))
        {
            throw Unsupported($"The body is in {charset}; JSON is sent in UTF-8.");
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

        var body = buffer.WrittenSpan;
        return (body.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body).ToArray();
    }

    /// <summary>Reads a command from the bytes, or ends with 400 and the offending field.</summary>
    internal static T Parse<T>(ReadOnlySpan<byte> body) => Parse<T>(body, IsUnprintable);

    /// <summary>Reads what a ledger recorded: an earlier version took more characters than are taken today.</summary>
    internal static T ParseRecorded<T>(ReadOnlySpan<byte> body) => Parse<T>(body, c => c == '\0');

    private static T Parse<T>(ReadOnlySpan<byte> body, Func<char, bool> isRefused)
    {
        try
        {
            CheckText(body, isRefused);
            var read = JsonSerializer.Deserialize<T>(body, DomainJson.Wire) ?? throw new JsonException("The body is null.");
            // A value of any kind is kept as it came, so that nothing has looked at its text yet.
            return Utf8.IsValid(body) ? read : throw new ProblemException(Problem.BadRequest("invalid-json", "The body is not valid UTF-8, in which JSON is sent."));
        }
        catch (JsonException e)
        {
            var field = string.IsNullOrEmpty(e.Path) || e.Path == "$" ? null : e.Path.Replace("$.", "", StringComparison.Ordinal);
            var detail = body.IsEmpty ? "The body is empty; send a JSON object." : $"{JsonMismatch.Describe<T>(e, body)} /openapi/v1.json shows the fields.";
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

    /// <summary>
    /// Refuses what no text format carries: half a character, control characters other than tab and line ends, and the two that are none. PostgreSQL,
    /// XML and whoever prints a text would stumble over them later. Almost no body has an escape or such bytes, so most are only looked through.
    /// </summary>
    private static void CheckText(ReadOnlySpan<byte> body, Func<char, bool> isRefused)
    {
        if (body.IndexOf((byte)'\\') < 0 && body.IndexOf(NoCharacter) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || (!reader.ValueIsEscaped && reader.ValueSpan.IndexOf(NoCharacter) < 0))
            {
                continue;
            }

            string text;
            try
            {
                text = reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                throw new UnfitJsonException($"A text holds a lone surrogate (at byte {reader.TokenStartIndex}); send whole characters.");
            }

            if (text.FirstOrDefault(isRefused, ' ') is var c and not ' ')
            {
                throw new UnfitJsonException(string.Create(CultureInfo.InvariantCulture,
                    $"A text holds the character U+{(int)c:X4} (at byte {reader.TokenStartIndex}), which no text format carries; leave it out."));
            }
        }
    }

    /// <summary>What XML 1.0 has no place for, surrogates aside.</summary>
    private static bool IsUnprintable(char c) => c is (< ' ' and not ('\t' or '\n' or '\r')) or '\uFFFE' or '\uFFFF';

    /// <summary>How U+FFFE and U+FFFF begin in UTF-8.</summary>
    private static ReadOnlySpan<byte> NoCharacter => [0xEF, 0xBF];

    private static bool IsUtf8(string charset) => charset.Trim('"').ToUpperInvariant() is "UTF-8" or "UTF8" or "US-ASCII";

    private static ProblemException Unsupported(string detail) => new(new(415, "unsupported-media-type", "The content type is not supported", detail));

    private static ProblemException TooLarge() =>
        new(new(413, "too-large", "The request is too large", $"A body has at most {BytesMax} bytes; send several requests."));
}
