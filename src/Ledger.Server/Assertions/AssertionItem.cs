using Ledger.Domain;

namespace Ledger.Server;

/// <summary>One line of a list of assertions.</summary>
internal sealed record AssertionItem
{
    public required string Id { get; init; }

    public required string Proposition { get; init; }

    public required SourceVersion Source { get; init; }

    public required string Publisher { get; init; }

    public required Part Part { get; init; }

    public required Modality Modality { get; init; }

    public required string Label { get; init; }

    public required string Summary { get; init; }

    public required Lifecycle Lifecycle { get; init; }

    public required IReadOnlyList<string> Flags { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    public StatedTime? PublishedAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required long Version { get; init; }

    public required long Position { get; init; }
}
