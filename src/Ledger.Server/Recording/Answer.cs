using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>One appended event, as a writer is told of it.</summary>
internal sealed record AnsweredEvent(Guid Id, string Type, string Stream, long Version, long Position);

/// <summary>What a writer is told: the position and version of the last event, and every event.</summary>
internal sealed record Answer
{
    public required string Id { get; init; }

    public required string Stream { get; init; }

    public required long Version { get; init; }

    public required long Position { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The number of the source version that was captured.</summary>
    public int? SourceVersion { get; init; }

    public required IReadOnlyList<AnsweredEvent> Events { get; init; }

    [JsonIgnore]
    public string Location { get; init; } = "";

    [JsonIgnore]
    public bool Replayed { get; init; }
}

/// <summary>The part of an answer that cannot be computed from its events. It is stored with the key of the command.</summary>
internal sealed record RememberedPart(string Id, string Location, int? SourceVersion, Answer? Whole)
{
    internal string ToJson() => JsonSerializer.Serialize(this, DomainJson.Stored);

    /// <summary>Makes the answer for a replayed append, from the part that was stored with its key.</summary>
    internal static Answer Again(AppendResult.Appended appended) =>
        JsonSerializer.Deserialize<RememberedPart>(appended.Answer!, DomainJson.Stored)!.Answer(appended);

    /// <summary>Makes the answer for an append.</summary>
    internal Answer Answer(AppendResult.Appended appended)
    {
        if (Whole is { } whole)
        {
            return whole with { Location = Location, Replayed = appended.Replayed };
        }

        var last = appended.Events[^1];
        return new()
        {
            Id = Id,
            Stream = last.Stream,
            Version = last.Version,
            Position = last.Position,
            RecordedAt = last.RecordedAt,
            SourceVersion = SourceVersion,
            Events = [.. appended.Events.Select(e => new AnsweredEvent(e.Id, e.Type, e.Stream, e.Version, e.Position))],
            Location = Location,
            Replayed = appended.Replayed,
        };
    }
}
