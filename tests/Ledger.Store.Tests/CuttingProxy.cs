using System.Net;
using System.Net.Sockets;

namespace Ledger.Store.Tests;

/// <summary>
/// Stands between a store and its PostgreSQL, and cuts a connection at the worst moment: after the server has
/// committed, before the first byte of its reply has reached the client.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string host;
    private readonly int port;
    private readonly Task accepting;
    private int repliesToSwallow;
    private int cuts;

    public CuttingProxy(string host, int port)
    {
        (this.host, this.port) = (host, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>New connections are refused as well, until this is false again.</summary>
    public bool IsDown { get; set; }

    /// <summary>The next replies of the server are dropped, each with its connection.</summary>
    public void SwallowReplies(int count) => Volatile.Write(ref repliesToSwallow, count);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        if (IsDown)
        {
            return;
        }

        await far.ConnectAsync(host, port, stop.Token);
        await Task.WhenAny(
            PumpAsync(near.GetStream(), far.GetStream(), _ => false, end.Token),
            PumpAsync(far.GetStream(), near.GetStream(), IsToBeSwallowed, end.Token));
        await end.CancelAsync();
    }

    /// <summary>The end of an extended query's reply is ReadyForQuery in idle state: the commit has happened.</summary>
    private bool IsToBeSwallowed(ReadOnlyMemory<byte> reply)
    {
        if (!reply.Span.EndsWith("Z\0\0\0\u0005I"u8) || Volatile.Read(ref repliesToSwallow) == 0)
        {
            return false;
        }

        Interlocked.Decrement(ref repliesToSwallow);
        Interlocked.Increment(ref cuts);
        return true;
    }

    private static async Task PumpAsync(
        NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> cut, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count && !cut(buffer.AsMemory(0, count)))
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Either end may leave at any time; the other is closed with it.
        }
    }
}
