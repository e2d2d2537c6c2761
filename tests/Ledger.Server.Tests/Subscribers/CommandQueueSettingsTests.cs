using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests.Subscribers;

public class CommandQueueSettingsTests
{
    private const string Broker = "amqp://127.0.0.1:5672";

    [Fact]
    public void Commands_are_taken_only_when_a_broker_and_a_queue_or_principal_are_set()
    {
        Listens(Configured(("RabbitMq:Uri", Broker))).ShouldBeFalse();
        Listens(Configured(("RabbitMq:Uri", Broker), ("Commands:Queue", ""), ("Commands:Principal", " "))).ShouldBeFalse();
        Listens(Configured(("Commands:Principal", "admin"))).ShouldBeFalse();
        Listens(Configured(("RabbitMq:Uri", Broker), ("Commands:Principal", "admin"))).ShouldBeTrue();
        Listens(Configured(("RabbitMq:Uri", Broker), ("Commands:Queue", "q"))).ShouldBeTrue();
        Listens(Configured(("RabbitMq:Uri", Broker), ("Commands:Queues:0:Name", "q"))).ShouldBeTrue();
    }

    [Fact]
    public void Each_queue_has_the_principal_that_is_set_beside_it()
    {
        Queues(("Commands:Principal", "admin")).ShouldBe([new("ledger.commands", "admin")]);
        Queues(("Commands:Queue", "q")).ShouldBe([new("q", null)]);
        Queues(("Commands:Queues:0:Name", "a"), ("Commands:Queues:0:Principal", "key-1")).ShouldBe([new("a", "key-1")]);
        Queues(("Commands:Queue", "q"), ("Commands:Principal", "admin"), ("Commands:Queues:0:Name", "a")).ShouldBe([new("q", "admin"), new("a", null)]);
    }

    [Fact]
    public void A_queue_without_a_name_or_named_twice_is_refused_at_the_start()
    {
        Should.Throw<InvalidOperationException>(() => Queues(("Commands:Queues:0:Principal", "admin"))).Message.ShouldContain("Ledger:Commands:Queues:0:Name");
        Should.Throw<InvalidOperationException>(() => Queues(("Commands:Queue", "q"), ("Commands:Queues:0:Name", "q"))).Message.ShouldContain("twice");
    }

    private static bool Listens(IConfiguration configuration) =>
        new ServiceCollection().AddCommandQueues(configuration).Any(s => s.ImplementationType == typeof(CommandListener));

    private static IReadOnlyList<CommandQueue> Queues(params (string Key, string Value)[] settings) => CommandQueueSettings.From(Configured(settings)).Queues;

    private static IConfiguration Configured(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(s => $"Ledger:{s.Key}", s => (string?)s.Value)).Build();
}
