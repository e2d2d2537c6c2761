using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>The only form of an event outside the ledger: CloudEvents 1.0 JSON. Feed, stream, webhook and broker carry the same bytes.</summary>
internal static class CloudEvent
{
    private const string Prefix = "ledger.";

    private static readonly JsonWriterOptions Options = new() { Encoder = DomainJson.Stored.Encoder };

    /// <summary>
    /// The CloudEvents type of a stored type: <c>denial_recorded</c> becomes <c>ledger.denial_recorded.v1</c>, and <c>denial_recorded_v2</c> becomes
    /// <c>ledger.denial_recorded.v2</c>.
    /// </summary>
    internal static string TypeOf(string stored)
    {
        var suffix = stored.LastIndexOf("_v", StringComparison.Ordinal);
        return suffix > 0 && stored.AsSpan(suffix + 2) is { Length: > 0 } number && !number.ContainsAnyExceptInRange('0', '9')
            ? $"{Prefix}{stored[..suffix]}.v{number}"
            : $"{Prefix}{stored}.v1";
    }

    /// <summary>The stored type that a client names, by its stored name or by its CloudEvents name.</summary>
    internal static string StoredType(string named)
    {
        if (!named.StartsWith(Prefix, StringComparison.Ordinal) || named.LastIndexOf(".v", StringComparison.Ordinal) is not (> 0 and var dot))
        {
            return named;
        }

        var (name, version) = (named[Prefix.Length..dot], named[(dot + 2)..]);
        return version == "1" ? name : $"{name}_v{version}";
    }

    /// <summary>The event as UTF-8 JSON.</summary>
    /// <param name="e">The event.</param>
    /// <param name="source">The ledger's URI.</param>
    /// <param name="withheldTo">
    /// For an event that was withheld and is delivered late: the position at which the restriction ended. Otherwise null.
    /// </param>
    internal static byte[] Serialize(RecordedEvent e, string source, long? withheldTo = null)
    {
        var buffer = new ArrayBufferWriter<byte>(e.Data.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion", "1.0");
            writer.WriteString("id", e.Id);
            writer.WriteString("source", source);
            writer.WriteString("type", TypeOf(e.Type));
            writer.WriteString("subject", e.Stream);
            writer.WriteString("time", WireTime.Format(e.RecordedAt));
            writer.WriteString("sequence", e.Position.ToString("D20", CultureInfo.InvariantCulture));
            writer.WriteString("partitionkey", e.Stream);
            writer.WriteNumber("streamversion", e.Version);
            writer.WriteString("datacontenttype", "application/json");
            if (e.Headers.TraceParent is { } traceParent)
            {
                writer.WriteString("traceparent", traceParent);
            }

            if (e.Headers.OnBehalfOf is { } party)
            {
                writer.WriteString("onbehalfof", party);
            }

            if (withheldTo is { } end)
            {
                writer.WriteString("withheld", end.ToString(CultureInfo.InvariantCulture));
            }

            writer.WritePropertyName("data");
            writer.WriteRawValue(e.Data, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
