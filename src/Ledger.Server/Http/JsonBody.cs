using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ledger.Domain;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ledger.Server;

/// <summary>Reads a request's whole JSON body, bounded and strictly: unknown fields, and characters that no text format carries, are refused.</summary>
internal static class JsonBody
{
    /// <summary>The API contract's size limit of a body.</summary>
    internal const int BytesMax = 1_000_000;

    /// <summary>
    /// A longer body is refused, but still read to its end up to this many bytes. Otherwise a client that is still sending would see a broken
    /// connection instead of the answer.
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

    /// <summary>Reads what a ledger recorded. Earlier versions accepted more characters than are accepted today.</summary>
    internal static T ParseRecorded<T>(ReadOnlySpan<byte> body) => Parse<T>(body, c => c == '\0');

    private static T Parse<T>(ReadOnlySpan<byte> body, Func<char, bool> isRefused)
    {
        try
        {
            CheckText(body, isRefused);
            var read = JsonSerializer.Deserialize<T>(body, DomainJson.Wire) ?? throw new JsonException("The body is null.");
            // A member that takes any JSON value is kept as it came, so nothing has checked its text yet.
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

    /// <summary>The required fields that an object lacks. The JSON reader names them only in the text of its message.</summary>
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
            return []; // The body is not JSON, or a name in it is not valid text. The exception at hand says so already.
        }
    }

    /// <summary>
    /// Refuses what no text format carries: lone surrogates, control characters other than tab and line ends, and the noncharacters U+FFFE and
    /// U+FFFF. PostgreSQL, XML and programs that print a text would fail on them later. Almost no body has an escape or such bytes, so most bodies
    /// are only scanned.
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

    /// <summary>True for a character that XML 1.0 does not allow, apart from surrogates.</summary>
    private static bool IsUnprintable(char c) => c is (< ' ' and not ('\t' or '\n' or '\r')) or '\uFFFE' or '\uFFFF';

    /// <summary>The first two bytes of U+FFFE and U+FFFF in UTF-8.</summary>
    private static ReadOnlySpan<byte> NoCharacter => [0xEF, 0xBF];

    private static bool IsUtf8(string charset) => charset.Trim('"').ToUpperInvariant() is "UTF-8" or "UTF8" or "US-ASCII";

    private static ProblemException Unsupported(string detail) => new(new(415, "unsupported-media-type", "The content type is not supported", detail));

    private static ProblemException TooLarge() =>
        new(new(413, "too-large", "The request is too large", $"A body has at most {BytesMax} bytes; send several requests."));
}
