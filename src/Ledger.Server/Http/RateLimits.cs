using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Ledger.Server;

/// <summary>
/// Bounds what one caller may ask of the ledger, so that a client that ran wild does not take it from the others: a bucket of tokens for
/// each key, and for each address that sends none. The operator's admin key and the health probes are not counted.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    /// <summary>An IPv6 host owns at least the 64 bits behind its prefix, and could be as many callers.</summary>
    private const int Ipv6PrefixBytes = 8;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly PartitionedRateLimiter<HttpContext>? _limiter;

    public RateLimits(LedgerSettings settings)
    {
        if (settings.RequestsPerSecond > 0)
        {
            var options = new TokenBucketRateLimiterOptions
            {
                TokenLimit = Math.Max(settings.RequestBurst, settings.RequestsPerSecond),
                TokensPerPeriod = Math.Max(1, (int)(settings.RequestsPerSecond * Period.TotalSeconds)),
                ReplenishmentPeriod = settings.RequestsPerSecond * Period.TotalSeconds >= 1 ? Period : TimeSpan.FromSeconds(1.0 / settings.RequestsPerSecond),
                QueueLimit = 0,
            };
            _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context => CallerOf(context) is { } caller
                ? RateLimitPartition.GetTokenBucketLimiter(caller, _ => options)
                : RateLimitPartition.GetNoLimiter(""));
        }
    }

    public void Dispose() => _limiter?.Dispose();

    /// <summary>Counts a request; ends it with 429 and Retry-After where its caller has asked too much.</summary>
    internal void Take(HttpContext context)
    {
        using var lease = _limiter?.AttemptAcquire(context);
        if (lease is { IsAcquired: false })
        {
            var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.Zero;
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            throw new ProblemException(new(429, "too-many-requests", "Too many requests",
                string.Create(CultureInfo.InvariantCulture, $"Nothing was done; try again after {seconds} s. To record much at once use POST /v1/import, to follow changes GET /v1/events/stream."))
            { RetryAfterS = seconds });
        }
    }

    /// <summary>Who is counted together; null for whom nothing is counted.</summary>
    private static string? CallerOf(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) ? null
        : context.Features.Get<Principal>() is { } principal ? (principal.Actor.Principal == Access.AdminPrincipal ? null : principal.Actor.Principal)
        : AddressOf(context.Connection.RemoteIpAddress);

    private static string AddressOf(IPAddress? address) => address switch
    {
        null => "local",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6PrefixBytes)),
        _ => address.ToString(),
    };
}
