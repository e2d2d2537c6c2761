using System.Globalization;
using System.Text;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>An event as it leaves the ledger, serialised once for every reader: as JSON, and as an SSE frame that holds that JSON.</summary>
internal sealed class PublishedEvent
{
    private readonly int _jsonStart;

    private PublishedEvent(RecordedEvent recorded, byte[] frame, int jsonStart, int jsonLength)
    {
        Recorded = recorded;
        Frame = frame;
        _jsonStart = jsonStart;
        Json = frame.AsMemory(_jsonStart, jsonLength);
    }

    internal RecordedEvent Recorded { get; }

    internal long Position => Recorded.Position;

    /// <summary>The CloudEvent in structured mode.</summary>
    internal ReadOnlyMemory<byte> Json { get; }

    /// <summary>The event as Server-Sent Events write it, with its position as id.</summary>
    internal ReadOnlyMemory<byte> Frame { get; }

    internal static PublishedEvent Of(RecordedEvent recorded, string source) =>
        Of(recorded, CloudEvent.Serialize(recorded, source), string.Create(CultureInfo.InvariantCulture, $"id: {recorded.Position}\ndata: "));

    /// <summary>An event that a restriction withheld. Its frame has no id: a reader whose connection is cut receives it again.</summary>
    internal static PublishedEvent Late(RecordedEvent recorded, string source, long withheldTo) =>
        Of(recorded, CloudEvent.Serialize(recorded, source, withheldTo), "data: ");

    private static PublishedEvent Of(RecordedEvent recorded, byte[] json, string before)
    {
        var head = Encoding.ASCII.GetBytes(before);
        return new(recorded, [.. head, .. json, .. "\n\n"u8], head.Length, json.Length);
    }
}
