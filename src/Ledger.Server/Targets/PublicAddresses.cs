using System.Net;
using System.Net.Sockets;

namespace Ledger.Server;

/// <summary>
/// Decides which addresses belong to the public internet. It refuses everything that the IANA special-purpose registries (RFC 6890 and its updates)
/// reserve. It also refuses every IPv6 form that contains an IPv4 address: such an address leads through a tunnel, and the end of the tunnel decides where.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8",          // this network
            "10.0.0.0/8",         // private
            "100.64.0.0/10",      // carrier-grade NAT
            "127.0.0.0/8",        // loopback
            "169.254.0.0/16",     // link-local, cloud metadata
            "172.16.0.0/12",      // private
            "192.0.0.0/24",       // protocol assignments
            "192.0.2.0/24",       // documentation
            "192.31.196.0/24",    // AS112
            "192.52.193.0/24",    // AMT
            "192.88.99.0/24",     // 6to4 relays
            "192.168.0.0/16",     // private
            "192.175.48.0/24",    // AS112
            "198.18.0.0/15",      // benchmarks
            "198.51.100.0/24",    // documentation
            "203.0.113.0/24",     // documentation
            "224.0.0.0/4",        // multicast
            "240.0.0.0/4",        // reserved, broadcast
            "::/96",              // unspecified, loopback, IPv4-compatible
            "::ffff:0:0:0/96",    // IPv4-translated
            "64:ff9b::/96",       // NAT64
            "64:ff9b:1::/48",     // local NAT64
            "100::/64",           // discard
            "2001::/23",          // Teredo, ORCHID, benchmarks and other protocol assignments
            "2001:db8::/32",      // documentation
            "2002::/16",          // 6to4
            "3fff::/20",          // documentation
            "5f00::/16",          // segment routing
            "fc00::/7",           // unique local, cloud metadata
            "fe80::/10",          // link-local
            "fec0::/10",          // site-local
            "ff00::/8",           // multicast
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address may be reached: it is public, or in a network that the operator has allowed.</summary>
    internal static bool MayReach(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(n => n.Contains(plain)) || IsPublic(plain);
    }

    private static bool IsPublic(IPAddress address) =>
        !Refused.Any(n => n.Contains(address))
        && (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address));
}
