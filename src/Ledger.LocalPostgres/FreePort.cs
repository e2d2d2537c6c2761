using System.Net;
using System.Net.Sockets;

namespace Ledger.LocalPostgres;

/// <summary>Ports of the loopback address.</summary>
internal static class FreePort
{
    /// <summary>A port on which nobody listens at present. Another process may still take it first.</summary>
    public static int Pick()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsTaken(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return true;
        }
    }
}
