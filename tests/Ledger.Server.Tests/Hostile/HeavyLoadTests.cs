using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Ledger.Testing;

namespace Ledger.Server.Tests.Hostile;

/// <summary>Requests that load a server by their size or number. Memory stays bounded, and other clients are served all the time.</summary>
public sealed class HeavyLoadTests : IAsyncLifetime
{
    private const int Many = 1_000;
    private const int LongBytes = 50_000_000;
    private const int Deep = 10_000;

    /// <summary>An idle server holds about 200 MB. If it kept the bodies of the long requests, it would exceed this.</summary>
    private const long MemoryBytesMax = 600_000_000;

    /// <summary>The machine may be busy: this bounds the wait for an expected result and asserts no speed.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private TestDatabase _database = null!;
    private ServerProcess _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(model: LedgerModel.Schema);
        _server = await ServerProcess.ServeAsync(_database);
        _client = new HttpClient { BaseAddress = _server.BaseAddress, Timeout = WaitMax };
        _client.DefaultRequestHeaders.Authorization = new("Bearer", RunningLedger.AdminKey);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Long_bodies_deep_JSON_slow_senders_and_a_thousand_streams_neither_exhaust_memory_nor_block_others()
    {
        await ServesAsync("at rest");

        // Each is refused by its length or while it is read. The connection may end before the whole body is sent.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendLongAsync(isChunked: i % 2 == 0)));
        (await SendAsync(new string('[', Deep) + new string(']', Deep))).ShouldBe(400);
        (await SendAsync(string.Concat(Enumerable.Repeat("{\"name\":", Deep)) + "1" + new string('}', Deep))).ShouldBe(400);
        (await SendAsync($$"""{"name": {{new string('[', Deep)}}{{new string(']', Deep)}}, "kind": "person"}""")).ShouldBe(400);
        await ServesAsync("after long and deep bodies");

        var slow = await ConnectAsync("POST /v1/parties HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/json\r\nContent-Length: 100000\r\nX-Slow: ");
        await DripAsync(slow, 3);
        await ServesAsync("beside slow senders");
        await DripAsync(slow, 3);
        Close(slow);

        var streams = await ConnectAsync("GET /v1/events/stream?after=0 HTTP/1.1\r\nHost: ledger\r\n\r\n");
        await ServesAsync("beside event streams");
        (await SendAsync("""{"id": "heard-by-all", "name": "Heard by all", "kind": "person"}""")).ShouldBe(201);
        using var waited = new CancellationTokenSource(WaitMax);
        await Task.WhenAll(streams.Select(stream => HearsAsync(stream, "heard-by-all", waited.Token)));
        await ServesAsync("after all have heard");
        Close(streams);

        using var process = Process.GetProcessById(_server.ProcessId);
        process.PeakWorkingSet64.ShouldBeInRange(1, MemoryBytesMax);
        _server.Output.ShouldNotContain("A request failed");
    }

    /// <summary>A read and a write of other clients meanwhile.</summary>
    private async Task ServesAsync(string when)
    {
        (await _client.GetAsync(new Uri("/v1/parties", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK, when);
        (await SendAsync("""{"name": "Somebody", "kind": "person"}""")).ShouldBe(201, when);
    }

    private async Task<int> SendAsync(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri("/v1/parties", UriKind.Relative), content);
        return (int)response.StatusCode;
    }

    private async Task SendLongAsync(bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/parties") { Content = new LongContent() };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentLength = isChunked ? null : LongBytes;
        request.Headers.TransferEncodingChunked = isChunked;
        try
        {
            using var response = await _client.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        }
        catch (HttpRequestException e) when (e.InnerException is IOException or SocketException)
        {
            // The server ended the connection while this side was still sending: refused as well.
        }
    }

    private async Task<Socket[]> ConnectAsync(string request)
    {
        var bytes = Encoding.ASCII.GetBytes(request);
        return await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(_server.BaseAddress.Host, _server.BaseAddress.Port);
            await socket.SendAsync(bytes);
            return socket;
        }));
    }

    /// <summary>Sends a single byte on every connection, several times.</summary>
    private static async Task DripAsync(Socket[] sockets, int times)
    {
        byte[] drop = [(byte)'x'];
        for (var time = 0; time < times; time++)
        {
            foreach (var socket in sockets)
            {
                await socket.SendAsync(drop);
            }
        }
    }

    private static async Task HearsAsync(Socket socket, string word, CancellationToken cancelled)
    {
        var heard = new StringBuilder();
        var buffer = new byte[16_384];
        while (!heard.ToString().Contains(word, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, cancelled);
            read.ShouldBeGreaterThan(0, "the server ended the stream");
            heard.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }

    private static void Close(Socket[] sockets)
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }

    /// <summary>A JSON text with a valid beginning and no end. It is generated while it is sent.</summary>
    private sealed class LongContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{\"name\": \""u8.ToArray());
            var piece = Encoding.ASCII.GetBytes(new string('x', 100_000));
            for (var sent = 10; sent < LongBytes; sent += piece.Length)
            {
                await stream.WriteAsync(piece.AsMemory(0, Math.Min(piece.Length, LongBytes - sent)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = LongBytes;
            return Headers.ContentLength is not null;
        }
    }
}
