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
        return new() { Command = line.Command, Target = line.Target, Key = line.Key, Body = text.Slice(line.Body.Start, line.Body.Length) };
    }

    /// <summary>The line's members; of the body only where it stands, so that it is read once, as the command that it is.</summary>
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
