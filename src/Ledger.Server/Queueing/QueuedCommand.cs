using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ledger.Server;

/// <summary>
/// Reads the command from a message. The message is a CloudEvent 1.0 in structured or binary mode. In binary mode (AMQP binding) the attributes are
/// headers.
/// </summary>
internal static class QueuedCommand
{
    private const string StructuredType = "application/cloudevents+json";
    private const string DataType = "application/json";
    private const string Prefix = "ledger.";
    private const string Version = ".v1";

    /// <summary>Both prefixes are in use. The binding allows the underscore for brokers that cannot carry a colon.</summary>
    private static readonly string[] HeaderPrefixes = ["cloudEvents:", "cloudEvents_"];

    /// <summary>The longest message: a body of the maximum size plus its attributes.</summary>
    private const int BytesMax = JsonBody.BytesMax + 64_000;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the command, or throws a problem that says what is wrong with the message.</summary>
    internal static NamedCommand Read(CommandMessage message)
    {
        if (message.Body.Length > BytesMax)
        {
            throw new ProblemException(new(413, "too-large", "The message is too large", $"A command's data has at most {JsonBody.BytesMax} bytes; send several commands."));
        }

        if (HeaderPrefixes.FirstOrDefault(p => message.Header(p + "type") is not null) is { } prefix && !IsOfType(message.Properties.ContentType, StructuredType))
        {
            return Command(name => message.Header(prefix + name), message.Properties.ContentType ?? DataType, message.Body);
        }

        using var document = Parse(message.Body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data))
        {
            throw Malformed("The message is no CloudEvent with data: send a JSON object with specversion, id, source, type, subject and data.", "data");
        }

        return Command(Attribute, Attribute("datacontenttype") ?? DataType, Encoding.UTF8.GetBytes(data.GetRawText()));

        string? Attribute(string name) => !root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw Malformed($"{name} is a string.", name);
    }

    private static NamedCommand Command(Func<string, string?> attribute, string contentType, ReadOnlyMemory<byte> data)
    {
        if (attribute("specversion") is not "1.0")
        {
            throw Malformed("specversion must be \"1.0\".", "specversion");
        }

        if (!IsOfType(contentType, DataType))
        {
            throw Malformed("The data must be JSON: datacontenttype is application/json, or left out.", "datacontenttype");
        }

        if (data.Length > JsonBody.BytesMax)
        {
            throw new ProblemException(new(413, "too-large", "The message is too large", $"A command's data has at most {JsonBody.BytesMax} bytes; send several commands."));
        }

        Required("source");
        return new() { Command = NameOf(Required("type")), Target = attribute("subject"), Key = Required("id"), Body = data };

        string Required(string name) => attribute(name) is { Length: > 0 } value ? value : throw Malformed($"{name} is missing.", name);
    }

    private static string NameOf(string type) =>
        type.StartsWith(Prefix, StringComparison.Ordinal) && type.EndsWith(Version, StringComparison.Ordinal) && type.Length > Prefix.Length + Version.Length
        && NamedCommand.OfSnakeCase(type[Prefix.Length..^Version.Length]) is { } name
            ? name
            : throw new ProblemException(Problem.BadRequest(
                "unknown-command", $"\"{type}\" is no command: the type is {Prefix}<command in snake_case>{Version}, such as {Prefix}deny_assertion{Version}.", "type"));

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            // Invalid UTF-8 must be found here. Later code would fail on it, and that would look like a defect of the ledger.
            return Utf8.IsValid(body.Span) ? JsonDocument.Parse(body, Strict) : throw Malformed("The message is not valid UTF-8, in which JSON is sent.", null);
        }
        catch (JsonException e)
        {
            throw Malformed($"The message is not JSON: {e.Message}", null);
        }
    }

    private static bool IsOfType(string? contentType, string wanted) =>
        contentType is not null && contentType.Split(';')[0].Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static ProblemException Malformed(string detail, string? field) => new(Problem.BadRequest("malformed-message", detail, field));
}
