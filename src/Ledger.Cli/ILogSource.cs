using System.Text.Json;
using Ledger.Domain;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary>Where a verifier reads a log from: a ledger over HTTP, or a directory into which one was exported.</summary>
internal interface ILogSource
{
    /// <summary>The bytes at a path, such as <c>log/checkpoint</c>; null where there is nothing.</summary>
    Task<byte[]?> TryGetAsync(string path, CancellationToken cancellationToken);

    /// <summary>What the log says was erased.</summary>
    Task<IReadOnlyList<ErasureNote>> ErasuresAsync(CancellationToken cancellationToken);

    /// <summary>What the service says of its signer; null where none is running.</summary>
    Task<JsonElement?> HealthAsync(CancellationToken cancellationToken);
}

/// <summary>One event that erased others' values.</summary>
/// <param name="By">Its position.</param>
/// <param name="Positions">The events that lost values.</param>
/// <param name="Fields">Their fields.</param>
/// <param name="TagsOf">The events that lost tags; null where none did.</param>
internal sealed record ErasureNote(long By, IReadOnlyList<long> Positions, IReadOnlyList<string> Fields, IReadOnlyList<long>? TagsOf)
{
    internal static ErasureNote Read(long by, JsonElement data)
    {
        var erasure = data.Deserialize<PayloadErased>(DomainJson.Stored)!;
        return new(by, erasure.Positions, erasure.Fields, erasure.TagsOf);
    }

    /// <summary>What it erased of which events.</summary>
    internal IEnumerable<(long Position, string Path)> Named() => CommitmentPath.OfErasure(Positions, Fields, TagsOf);
}

/// <summary>What every reader of a log shares.</summary>
internal static class LogSourceReading
{
    /// <summary>The bytes at a path that must be there.</summary>
    internal static async Task<byte[]> GetAsync(this ILogSource source, string path, CancellationToken cancellationToken) =>
        await source.TryGetAsync(path, cancellationToken) ?? throw new CommandFailedException($"{source}{path} has nothing: is it a ledger, and is the position recorded?");
}
