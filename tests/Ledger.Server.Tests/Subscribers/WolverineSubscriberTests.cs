using System.Text;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Wolverine;
using static Ledger.Server.Tests.Subscribers.SubscriberExtensions;

namespace Ledger.Server.Tests.Subscribers;

/// <summary>What leaves over RabbitMQ, as a Wolverine application and as a plain client receive it.</summary>
public class WolverineSubscriberTests
{
    private const string Plain = "plain";

    /// <summary>RabbitMQ's client adds this header when it tracks confirms.</summary>
    private const string ConfirmHeader = "x-dotnet-pub-seq-no";

    [Fact]
    public async Task A_Wolverine_application_gets_typed_messages_and_a_plain_client_gets_only_the_bytes_of_the_feed()
    {
        await using var broker = await PrivateBroker.StartAsync();
        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await DeclareAsync(channel, "newsroom", "ledger.denial_recorded.v1.#");
        await DeclareAsync(channel, Plain, "ledger.#");
        await using var ledger = await RunningLedger.StartAsync(settings: new Dictionary<string, string?>(Settings) { ["Ledger:RabbitMq:Uri"] = broker.Uri.ToString() });
        var desk = new GuideWolverineExample.Desk();
        using var newsroom = await StartAsync(broker, desk);
        await ledger.RecordBasicsAsync();
        await ledger.RecordClaimAsync("c1");
        await ledger.RecordAsync("/v1/subscriptions", """
            {"id": "b1", "name": "broker", "delivery": {"kind": "rabbitmq", "exchange": "ledger"}, "filter": {"types": ["claim_recorded", "denial_recorded"]}, "from": 0}
            """);
        string[] statements = ["No", "No — «schön»", "And no again"];
        foreach (var statement in statements)
        {
            await ledger.DenyAsync("c1", statement);
        }

        await UntilAsync(() => desk.Taken.Count >= statements.Length, "every denial is taken");
        var log = (await new Acknowledged().ShouldBeInAsync(ledger.Store)).Where(e => e.Type is "claim_recorded" or "denial_recorded").ToList();
        var denials = log.Where(e => e.Type == "denial_recorded").ToList();
        desk.Taken.Select(t => (t.Denial.Party, t.Denial.Statement)).ShouldBe(statements.Select(s => ("ministry", s)));
        desk.Taken.Select(t => (t.Id, t.SentAt)).ShouldBe(denials.Select(e => (e.Id, e.RecordedAt)));

        var source = ledger.Services.GetRequiredService<LedgerIdentity>().Uri;
        foreach (var e in log)
        {
            var message = (await channel.BasicGetAsync(Plain, autoAck: true)).ShouldNotBeNull();
            var type = $"ledger.{e.Type}.v1";
            message.RoutingKey.ShouldBe($"{type}.{e.Stream}");
            Encoding.UTF8.GetString(message.Body.Span).ShouldBe(Encoding.UTF8.GetString(PublishedEvent.Of(e, source).Json.Span));
            var properties = message.BasicProperties;
            (properties.MessageId, properties.Type, properties.ContentType, properties.Persistent, properties.Timestamp.UnixTime)
                .ShouldBe((e.Id.ToString(), type, "application/cloudevents+json", true, e.RecordedAt.ToUnixTimeSeconds()));
            (properties.CorrelationId, properties.ReplyTo, properties.AppId, properties.ContentEncoding).ShouldBe((null, null, null, null));
            (properties.Headers?.Keys ?? []).Where(h => h is not (SignedHeads.Header or ConfirmHeader)).ShouldBeEmpty();
        }

        (await channel.BasicGetAsync(Plain, autoAck: true)).ShouldBeNull();
        await newsroom.StopAsync();
    }

    [Fact]
    public async Task The_documentation_shows_the_application_as_it_stands()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Ledger.sln")))
        {
            root = root.Parent!;
        }

        var shown = await File.ReadAllTextAsync(Path.Combine(root.FullName, "docs", "wolverine.md"));
        var code = await File.ReadAllTextAsync(Path.Combine(root.FullName, "tests", "Ledger.Server.Tests", "Subscribers", "GuideWolverineExample.cs"));
        var lines = code.Split('\n').SkipWhile(l => !l.Contains("begins here", StringComparison.Ordinal)).Skip(1).TakeWhile(l => !l.Contains("ends here", StringComparison.Ordinal));
        shown.ShouldContain(string.Join('\n', lines.Select(l => l.Length > 4 ? l[4..] : "")).Trim());
    }

    private static async Task DeclareAsync(IChannel channel, string queue, string binding)
    {
        await channel.ExchangeDeclareAsync("ledger", ExchangeType.Topic, durable: true, autoDelete: false);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(queue, "ledger", binding);
    }

    private static Task<IHost> StartAsync(PrivateBroker broker, GuideWolverineExample.Desk desk) => Host.CreateDefaultBuilder()
        .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Error))
        .ConfigureServices(services => services.AddSingleton(desk))
        .UseWolverine(options =>
        {
            options.UseRuntimeCompilation();
            options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(GuideWolverineExample.DenialRecordedHandler));
            GuideWolverineExample.Configure(options, broker.Uri);
        })
        .StartAsync();
}
