using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Ledger.Benchmarks;

/// <summary>Reads the event stream of a server, and ends the run where an event is missing, repeated or out of order.</summary>
internal sealed class EventStreamReader : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly CancellationTokenSource stop = new();
    private long position;

    private EventStreamReader(HttpResponseMessage response, long after) => (this.response, position) = (response, after);

    /// <summary>The last event that came.</summary>
    public long Position => Volatile.Read(ref position);

    /// <summary>Opens a stream; its head has come when this returns.</summary>
    public static async Task<EventStreamReader> OpenAsync(HttpClient http, long after)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/v1/events/stream?after={after}");
        var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        return new(response.EnsureSuccessStatusCode(), after);
    }

    /// <summary>Reads until the event at a position has come.</summary>
    /// <param name="last">That position.</param>
    /// <param name="received">Is given each event's JSON as it comes.</param>
    public async Task ReadToAsync(long last, Action<ReadOnlySequence<byte>>? received = null)
    {
        var lines = PipeReader.Create(await response.Content.ReadAsStreamAsync(stop.Token), new(bufferSize: 64 * 1024));
        while (Position < last)
        {
            var read = await lines.ReadAsync(stop.Token);
            var rest = Take(read.Buffer, received);
            if (read.IsCompleted && Position < last)
            {
                throw new IOException($"The stream ended at {Position} of {last}.");
            }

            lines.AdvanceTo(rest, read.Buffer.End);
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        response.Dispose();
        stop.Dispose();
    }

    private SequencePosition Take(ReadOnlySequence<byte> buffer, Action<ReadOnlySequence<byte>>? received)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            TakeLine(line, received);
        }

        return reader.Position;
    }

    private void TakeLine(ReadOnlySequence<byte> line, Action<ReadOnlySequence<byte>>? received)
    {
        var reader = new SequenceReader<byte>(line);
        if (reader.IsNext("id: "u8, advancePast: true))
        {
            var id = Encoding.ASCII.GetString(reader.UnreadSequence);
            if (long.Parse(id, CultureInfo.InvariantCulture) != position + 1)
            {
                throw new InvalidOperationException($"The event behind {position} was {id}.");
            }

            Volatile.Write(ref position, position + 1);
        }
        else if (received is not null && reader.IsNext("data: "u8, advancePast: true))
        {
            received(reader.UnreadSequence);
        }
    }
}
