namespace Ledger.Server;

/// <summary>A queue that commands are taken from.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Principal">The principal that records its commands: <c>admin</c>, or the id of a key. Null means that no command is accepted.</param>
internal sealed record CommandQueue(string Name, string? Principal)
{
    private const string DeadLetterSuffix = ".dead";

    /// <summary>The dead-letter queue, for commands that are permanently refused.</summary>
    internal string DeadLetters => Name + DeadLetterSuffix;
}

/// <summary>The settings for commands that come as messages.</summary>
internal sealed record CommandQueueSettings
{
    /// <summary>The name of the queue if only a principal is set.</summary>
    private const string DefaultQueue = "ledger.commands";

    /// <summary>The address of the broker. Null means that no commands are taken from queues.</summary>
    public Uri? Broker { get; init; }

    /// <summary>The queues. The list is empty if no queue and no principal is set: a broker may be configured only for deliveries.</summary>
    public required IReadOnlyList<CommandQueue> Queues { get; init; }

    /// <summary>Whether the server listens at all.</summary>
    internal bool Listens => Broker is not null && Queues.Count > 0;

    /// <summary>
    /// Reads <c>Ledger:Commands:Queue</c> with <c>Ledger:Commands:Principal</c>, or several as <c>Ledger:Commands:Queues:0:Name</c> and
    /// <c>Ledger:Commands:Queues:0:Principal</c>. No queue may be named twice.
    /// </summary>
    internal static CommandQueueSettings From(IConfiguration configuration)
    {
        var ledger = configuration.GetSection("Ledger");
        var commands = ledger.GetSection("Commands");
        var several = commands.GetSection("Queues").GetChildren().Select(q => new CommandQueue(
            Text(q["Name"]) ?? throw new InvalidOperationException($"{q.Path}:Name is missing: it names the queue that commands are taken from."), Text(q["Principal"]))).ToList();
        var (queue, principal) = (Text(commands["Queue"]), Text(commands["Principal"]));
        IReadOnlyList<CommandQueue> queues = queue is null && principal is null ? several : [new(queue ?? DefaultQueue, principal), .. several];
        if (queues.GroupBy(q => q.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Ledger:Commands names the queue {twice.Key} twice; one principal is bound to a queue.");
        }

        return new() { Broker = Text(ledger["RabbitMq:Uri"]) is { } uri ? new(uri) : null, Queues = queues };
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
