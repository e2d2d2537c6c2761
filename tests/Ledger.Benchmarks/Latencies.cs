using System.Buffers;
using System.Globalization;
using System.Text;

namespace Ledger.Benchmarks;

/// <summary>
/// How long events took from the time that the database stamped on them, just before their commit, to their receipt on the same machine:
/// a little more than from the commit itself.
/// </summary>
internal sealed class Latencies
{
    private static readonly byte[] Time = "\"time\":\""u8.ToArray();

    private readonly Lock gate = new();
    private readonly List<double> milliseconds = [];

    public double MaxMs
    {
        get
        {
            lock (gate)
            {
                return milliseconds.Count == 0 ? double.NaN : milliseconds.Max();
            }
        }
    }

    public int Count
    {
        get
        {
            lock (gate)
            {
                return milliseconds.Count;
            }
        }
    }

    /// <summary>Takes an event that has come just now: a CloudEvent's JSON.</summary>
    public void Take(ReadOnlySequence<byte> json)
    {
        var now = TimeProvider.System.GetUtcNow();
        var reader = new SequenceReader<byte>(json);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> _, Time) || !reader.TryReadTo(out ReadOnlySequence<byte> time, (byte)'"'))
        {
            throw new InvalidOperationException($"No CloudEvent: {Encoding.UTF8.GetString(json)}");
        }

        var recorded = DateTimeOffset.Parse(Encoding.ASCII.GetString(time), CultureInfo.InvariantCulture);
        lock (gate)
        {
            milliseconds.Add((now - recorded).TotalMilliseconds);
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            milliseconds.Clear();
        }
    }

    public Figures Figures()
    {
        lock (gate)
        {
            return Benchmarks.Figures.Of([.. milliseconds], 0);
        }
    }
}
