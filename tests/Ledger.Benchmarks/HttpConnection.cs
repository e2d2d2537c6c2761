using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Ledger.Testing;

namespace Ledger.Benchmarks;

/// <summary>
/// A kept-alive HTTP/1.1 connection that does no more than it must, on a thread of its own: the load shares two cores with what
/// it measures, and HttpClient costs about as much as the server.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int MessageBytesMax = 64 * 1024;

    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[MessageBytesMax];

    public HttpConnection(Uri address) => socket.Connect(address.Host, address.Port);

    /// <summary>Posts and waits for the whole answer; anything but 201 ends the run.</summary>
    public void Post(string path, string body)
    {
        var request = string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer {RunningLedger.AdminKey}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        socket.Send(buffer.AsSpan(0, Encoding.UTF8.GetBytes(request, buffer)));

        var length = 0;
        do
        {
            var read = socket.Receive(buffer.AsSpan(length));
            length += read > 0 ? read : throw new IOException("The server closed the connection.");
        }
        while (!IsWhole(buffer.AsSpan(0, length)));
        if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 201"u8))
        {
            throw new InvalidOperationException($"POST {path} was answered: {Encoding.UTF8.GetString(buffer, 0, length)}");
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>An answer ends with its length, or with an empty chunk.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var headers = answer.IndexOf(EndOfHeaders);
        if (headers < 0)
        {
            return false;
        }

        var name = answer[..headers].IndexOf("Content-Length: "u8);
        if (name < 0)
        {
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var value = answer[(name + "Content-Length: ".Length)..];
        var length = int.Parse(value[..value.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
        return answer.Length >= headers + EndOfHeaders.Length + length;
    }
}
