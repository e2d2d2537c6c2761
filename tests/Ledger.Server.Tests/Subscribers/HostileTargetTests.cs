using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>Targets that must not be reached, or only for a limited time.</summary>
public class HostileTargetTests
{
    private static readonly DeliveredMessage Message =
        new(Guid.CreateVersion7(), "ledger.test.v1", "subscription-s1", TimeProvider.System.GetUtcNow(), "{}"u8.ToArray());

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.175.48.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:100.64.0.1")]
    [InlineData("::ffff:224.0.0.1")]
    [InlineData("::ffff:0:7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:2::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("ff0e::1")]
    [InlineData("4000::1")]
    public async Task An_address_that_is_not_public_is_never_connected_to(string address)
    {
        using var http = Http([], _ => [IPAddress.Parse(address)]);

        var outcome = await DeliverAsync(http, new("http://target.example/hook"));

        outcome.Error.ShouldBe(new TargetRefusedException().Message);
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    public void A_public_address_may_be_reached(string address) => PublicAddresses.MayReach(IPAddress.Parse(address), []).ShouldBeTrue();

    [Fact]
    public async Task One_private_address_among_public_ones_refuses_the_name()
    {
        using var http = Http([], _ => [IPAddress.Parse("1.1.1.1"), IPAddress.Loopback]);

        (await DeliverAsync(http, new("http://target.example/hook"))).Error.ShouldBe(new TargetRefusedException().Message);
    }

    [Fact]
    public async Task A_name_that_resolves_to_loopback_at_connection_time_is_refused_whatever_it_resolved_to_before()
    {
        var asked = 0;
        await using var receiver = await WebhookReceiver.StartAsync();
        using var http = Http([IPNetwork.Parse("127.0.0.1/32")], _ => [IPAddress.Parse(asked++ == 0 ? "127.0.0.1" : "127.0.0.2")], lifetime: TimeSpan.Zero);
        var address = new UriBuilder(receiver.Url) { Host = "target.example" }.Uri;

        (await DeliverAsync(http, address)).Succeeded.ShouldBeTrue();
        (await DeliverAsync(http, address)).Error.ShouldBe(new TargetRefusedException().Message);
        asked.ShouldBe(2);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ", false)]
    [InlineData("HTT", false)]
    public async Task An_endless_body_or_slow_headers_cost_a_bounded_time(string answer, bool taken)
    {
        await using var server = new DrippingServer(answer);
        using var http = Http([IPNetwork.Parse("127.0.0.0/8")], null);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();

        var outcome = await DeliverAsync(http, server.Url);

        System.Diagnostics.Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        outcome.Succeeded.ShouldBe(taken, outcome.Error);
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        await using var server = new DrippingServer("HTTP/1.1 200 OK\r\nX-Long: " + new string('x', 1_000_000));
        using var http = Http([IPNetwork.Parse("127.0.0.0/8")], null);

        (await DeliverAsync(http, server.Url)).Succeeded.ShouldBeFalse();
    }

    private static HttpClient Http(IReadOnlyList<IPNetwork> allowed, Func<string, IPAddress[]>? resolve, TimeSpan? lifetime = null)
    {
        var handler = new GuardedConnection(allowed, resolve is null ? null : (name, _) => Task.FromResult(resolve(name))).Handler();
        handler.PooledConnectionLifetime = lifetime ?? handler.PooledConnectionLifetime;
        return new(handler);
    }

    private static async Task<DeliveryOutcome> DeliverAsync(HttpClient http, Uri address)
    {
        await using var target = new WebhookTarget(http, address, WebhookSecrets.Make(), TimeSpan.FromSeconds(1), TimeProvider.System);
        return await target.DeliverAsync(Message, CancellationToken.None);
    }

    /// <summary>Answers one connection with the text, then with a byte now and then for ever.</summary>
    private sealed class DrippingServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public DrippingServer(string answer)
        {
            _listener.Start();
            _serving = DripAsync(answer);
        }

        public Uri Url => new($"http://{_listener.LocalEndpoint}/");

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _serving;
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task DripAsync(string answer)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
                while (true)
                {
                    await stream.WriteAsync("x"u8.ToArray(), _stop.Token);
                    await Task.Delay(50, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The test is over, or the client hung up, as it should.
            }
        }
    }
}
