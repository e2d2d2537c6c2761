using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Ledger.Server;

/// <summary>
/// Limits how much one caller may ask of the ledger, so that a client that runs wild does not slow down the others. There is a token bucket for each
/// key, and for each address that sends no key. The operator's admin key is not counted.
/// </summary>
internal static class RateLimits
{
    /// <summary>An IPv6 host owns at least all addresses with its 64-bit prefix and could pose as many callers. So only the prefix counts.</summary>
    private const int Ipv6PrefixBytes = 8;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    internal static IServiceCollection AddRateLimits(this IServiceCollection services, LedgerSettings settings)
    {
        services.AddRateLimiter(limits => limits.OnRejected = (rejected, _) => RefuseAsync(rejected));
        if (settings.RequestsPerSecond > 0)
        {
            services.AddSingleton(_ => Limiter(settings)); // Its timer ends with the server.
            services.AddOptions<RateLimiterOptions>().Configure<PartitionedRateLimiter<HttpContext>>((limits, limiter) => limits.GlobalLimiter = limiter);
        }

        return services;
    }

    private static PartitionedRateLimiter<HttpContext> Limiter(LedgerSettings settings)
    {
        var options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(settings.RequestBurst, settings.RequestsPerSecond),
            TokensPerPeriod = Math.Max(1, (int)(settings.RequestsPerSecond * Period.TotalSeconds)),
            ReplenishmentPeriod = settings.RequestsPerSecond * Period.TotalSeconds >= 1 ? Period : TimeSpan.FromSeconds(1.0 / settings.RequestsPerSecond),
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<HttpContext, string>(context =>
            (context.User.Identity?.Name ?? AddressOf(context.Connection.RemoteIpAddress)) is var caller && caller != AccessKeys.AdminPrincipal
                ? RateLimitPartition.GetTokenBucketLimiter(caller, _ => options)
                : RateLimitPartition.GetNoLimiter(""));
    }

    private static ValueTask RefuseAsync(OnRejectedContext rejected)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.Zero;
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        return new(rejected.HttpContext.WriteProblemAsync(new(429, "too-many-requests", "Too many requests",
            string.Create(CultureInfo.InvariantCulture, $"Nothing was done; try again after {seconds} s. To record much at once use POST /v1/import, to follow changes GET /v1/events/stream."))
        { RetryAfterS = seconds }));
    }

    private static string AddressOf(IPAddress? address) => address switch
    {
        null => "local",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6PrefixBytes)),
        _ => address.ToString(),
    };
}
