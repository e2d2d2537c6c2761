using System.Net;
using System.Net.Sockets;

namespace Ledger.Server;

/// <summary>
/// Connects to webhook targets. The host name is resolved here, once, and the connection goes to exactly the addresses that were checked. So a name that
/// resolves differently a moment later gains nothing (DNS rebinding).
/// </summary>
internal sealed class GuardedConnection(IReadOnlyList<IPNetwork> allowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private const int ResponseHeadersMaxKb = 16;
    private const int ResponseDrainMaxBytes = 16 * 1024;

    /// <summary>After this time a connection is replaced, so that the name is resolved and checked again.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    internal SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        MaxResponseHeadersLength = ResponseHeadersMaxKb,
        MaxResponseDrainSize = ResponseDrainMaxBytes,
        ResponseDrainTimeout = DrainTimeout,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await _resolve(context.DnsEndPoint.Host, cancellationToken);
        if (addresses.Length == 0 || addresses.Any(a => !PublicAddresses.MayReach(a, allowed)))
        {
            throw new TargetRefusedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The target's name resolves to an address that is not public.</summary>
internal sealed class TargetRefusedException() : Exception("The target's address is not public; Ledger:Webhooks:AllowedNetworks may name its network.");
