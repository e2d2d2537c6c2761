using System.Text.Json;
using Ledger.Domain;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary>The source from which a verifier reads a log: a ledger over HTTP, or a directory into which it was exported.</summary>
internal interface ILogSource
{
    /// <summary>The bytes at a path, such as <c>log/checkpoint</c>; null where nothing exists.</summary>
    Task<byte[]?> TryGetAsync(string path, CancellationToken cancellationToken);

    /// <summary>The erasures that the log reports.</summary>
    Task<IReadOnlyList<ErasureNote>> ErasuresAsync(CancellationToken cancellationToken);

    /// <summary>The health report of the service, which tells about its signer; null where no service is running.</summary>
    Task<JsonElement?> HealthAsync(CancellationToken cancellationToken);
}

/// <summary>One event that erased values of other events.</summary>
/// <param name="By">The position of the erasing event.</param>
/// <param name="Positions">The positions of the events that lost values.</param>
/// <param name="Fields">The erased fields of those events.</param>
/// <param name="TagsOf">The positions of the events that lost tags; null where none did.</param>
internal sealed record ErasureNote(long By, IReadOnlyList<long> Positions, IReadOnlyList<string> Fields, IReadOnlyList<long>? TagsOf)
{
    internal static ErasureNote Read(long by, JsonElement data)
    {
        var erasure = data.Deserialize<PayloadErased>(DomainJson.Stored)!;
        return new(by, erasure.Positions, erasure.Fields, erasure.TagsOf);
    }

    /// <summary>The erased paths, each with the position of its event.</summary>
    internal IEnumerable<(long Position, string Path)> Named() => CommitmentPath.OfErasure(Positions, Fields, TagsOf);
}

/// <summary>Methods for all sources of a log.</summary>
internal static class LogSourceReading
{
    /// <summary>The bytes at a path that must exist.</summary>
    internal static async Task<byte[]> GetAsync(this ILogSource source, string path, CancellationToken cancellationToken) =>
        await source.TryGetAsync(path, cancellationToken) ?? throw new CommandFailedException($"{source}{path} has nothing: is it a ledger, and is the position recorded?");
}
