using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Server;

/// <summary>One command of an import.</summary>
internal sealed record ImportLine : NamedCommand
{
    /// <summary>Reads a line, or ends with 400 and the offending field.</summary>
    internal static ImportLine Parse(ReadOnlyMemory<byte> text)
    {
        var line = JsonBody.Parse<Members>(text.Span);
        var body = text.Slice(line.Body.Start, line.Body.Length);
        return new() { Command = line.Command, Target = line.Target, Key = line.Key ?? (Creates.Contains(line.Command) && !HasId(body.Span) ? KeyOf(text.Span) : null), Body = body };
    }

    /// <summary>Commands that make something new each time if their body names no id. Such a line without a key gets a key made from its text.</summary>
    private static readonly HashSet<string> Creates = new(StringComparer.Ordinal) { "recordParty", "registerSource", "captureVersion", "recordClaim", "issueNotice", "recordRetelling" };

    private static string KeyOf(ReadOnlySpan<byte> line) => $"line:{Convert.ToHexStringLower(SHA256.HashData(line))}";

    private static bool HasId(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals("id"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The line's members. Only the place of the body is noted, so that the body is read once, as the command that it is.</summary>
    private sealed record Members
    {
        public required string Command { get; init; }

        public string? Target { get; init; }

        public string? Key { get; init; }

        [JsonConverter(typeof(PlaceConverter))]
        public required Place Body { get; init; }
    }

    private readonly record struct Place(int Start, int Length);

    private sealed class PlaceConverter : JsonConverter<Place>
    {
        public override Place Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return new(start, (int)reader.BytesConsumed - start);
        }

        public override void Write(Utf8JsonWriter writer, Place value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
