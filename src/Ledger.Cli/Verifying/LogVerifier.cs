using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary>Something that differs from what was signed.</summary>
/// <param name="Position">The position of the event; null where the finding concerns the log as a whole.</param>
/// <param name="Detail">What is wrong.</param>
internal sealed record Finding(long? Position, string Detail);

/// <summary>The result of a verification of the whole log.</summary>
internal sealed record VerificationReport
{
    public required string Origin { get; init; }

    /// <summary>The number of events that the signed head covers.</summary>
    public required long Size { get; init; }

    public required string Root { get; init; }

    public required long Intact { get; init; }

    /// <summary>
    /// The positions of events with erased fields, each with the positions of the erasing events. Everything that remains of them is in the tree.
    /// </summary>
    public required IReadOnlyDictionary<long, IReadOnlyList<long>> Erased { get; init; }

    /// <summary>The number of events that the reader may not see. Their leaves are in the tree.</summary>
    public required long Withheld { get; init; }

    /// <summary>The size of the remembered head of the last run, which this head contains; null where there is none.</summary>
    public long? ConsistentWith { get; init; }

    public required IReadOnlyList<Finding> Tampered { get; init; }
}

/// <summary>
/// Verifies a log from its first event. It computes every leaf from its event, and every hash from the leaves. Then it compares
/// the result with the signed head.
/// </summary>
internal sealed class LogVerifier(ILogSource source, VerifierKey key)
{
    /// <summary>The number of tiles that are fetched at once. It keeps client and server busy without overloading the server.</summary>
    private const int TilesAtOnce = 4;

    /// <summary>
    /// The greatest number of attempts. An erasure during a verification looks like tampering, so the verification is repeated. Real tampering
    /// is found in every attempt.
    /// </summary>
    private const int AttemptsMax = 3;

    private readonly ConcurrentBag<Finding> _findings = [];
    private readonly ConcurrentDictionary<long, IReadOnlyList<long>> _erased = [];
    private readonly ConcurrentDictionary<(long By, long Position, string Path), bool> _provenErasures = [];
    private Dictionary<long, Dictionary<string, long>> _erasedBy = [];
    private long _intact;
    private long _withheld;

    internal async Task<(VerificationReport Report, SignedNote Head)> RunAsync(Checkpoint? remembered, Action<double> progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var erasures = await source.ErasuresAsync(cancellationToken);
            var result = await WalkAsync(erasures, remembered, progress, cancellationToken);
            if (result.Report.Tampered.Count == 0 || attempt == AttemptsMax || (await source.ErasuresAsync(cancellationToken)).Count == erasures.Count)
            {
                return result;
            }
        }
    }

    private async Task<(VerificationReport Report, SignedNote Head)> WalkAsync(
        IReadOnlyList<ErasureNote> erasures, Checkpoint? remembered, Action<double> progress, CancellationToken cancellationToken)
    {
        Forget(erasures);
        var (note, head) = await HeadAsync(cancellationToken);
        var tileCount = (head.Size + HashTile.WidthMax - 1) / HashTile.WidthMax;
        var tiles = new byte[tileCount][];
        var done = 0L;
        await Parallel.ForAsync(0L, tileCount, new ParallelOptions { MaxDegreeOfParallelism = TilesAtOnce, CancellationToken = cancellationToken }, async (tile, cancellation) =>
        {
            tiles[tile] = await TileAsync(tile, head.Size, cancellation);
            progress((double)Interlocked.Increment(ref done) / tileCount);
        });
        DemandErasuresProven();
        var consistentWith = await CompareHeadsAsync(tiles, head, remembered, cancellationToken);
        await AskServiceAsync(cancellationToken);
        var report = new VerificationReport
        {
            Origin = head.Origin,
            Size = head.Size,
            Root = head.Root.ToString(),
            Intact = _intact,
            Erased = new SortedDictionary<long, IReadOnlyList<long>>(_erased),
            Withheld = _withheld,
            ConsistentWith = consistentWith,
            Tampered = [.. _findings.OrderBy(f => f.Position ?? 0).ThenBy(f => f.Detail, StringComparer.Ordinal)],
        };
        return (report, note);
    }

    private void Forget(IReadOnlyList<ErasureNote> erasures)
    {
        _findings.Clear();
        _erased.Clear();
        _provenErasures.Clear();
        (_intact, _withheld) = (0, 0);
        _erasedBy = [];
        foreach (var erasure in erasures)
        {
            foreach (var (position, path) in erasure.Named())
            {
                if (!_erasedBy.TryGetValue(position, out var paths))
                {
                    _erasedBy[position] = paths = new(StringComparer.Ordinal);
                }

                paths.TryAdd(path, erasure.By);
            }
        }
    }

    internal async Task<(SignedNote Note, Checkpoint Head)> HeadAsync(CancellationToken cancellationToken) =>
        SignedNote.TryParse(await source.GetAsync("log/checkpoint", cancellationToken), out var note, out var problem)
        && Checkpoint.TryOpen(note, key.Name, [key], out var head, out problem)
            ? (note, head)
            : throw new CommandFailedException($"The head of the log is not signed by its key: {problem}", ExitCodes.Tampered);

    /// <summary>Checks the events of a tile against its hashes, and returns the hashes.</summary>
    private async Task<byte[]> TileAsync(long tile, long size, CancellationToken cancellationToken)
    {
        var first = (tile * HashTile.WidthMax) + 1;
        var width = (int)Math.Min(HashTile.WidthMax, size - first + 1);
        var bytes = await source.TryGetAsync($"log/{new HashTileCoordinates(0, tile, width).Path}", cancellationToken);
        if (bytes?.Length != width * Digest.Length)
        {
            _findings.Add(new(first, $"the log has no hashes any more for the positions {first} to {first + width - 1}"));
            return new byte[width * Digest.Length];
        }

        var opened = new OpenedEvent?[width];
        var withheld = new List<int>();
        foreach (var line in TextLines.Of(await source.GetAsync($"log/events/{tile}", cancellationToken)))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("withheld", out var hidden) && hidden.GetInt64() - first is >= 0 and var at && at < width)
            {
                withheld.Add((int)at);
            }
            else if (OpenedEvent.TryRead(json.RootElement, out var e) && e.Event.Position - first is >= 0 and var index && index < width)
            {
                opened[index] = e;
            }
        }

        await CheckWithheldAsync(withheld, tile, bytes, width, cancellationToken);
        for (var i = 0; i < width; i++)
        {
            if (!withheld.Contains(i))
            {
                Check(first + i, opened[i], HashTile.Hashes(bytes)[i]);
            }
        }

        return bytes;
    }

    private void Check(long position, OpenedEvent? opened, in Digest leaf)
    {
        var verdict = opened is null
            ? new LeafVerdict.Tampered("the event is missing, or has no salts that can be read")
            : EventVerification.AgainstHash(opened.Event, opened.Salts, leaf, _erasedBy.GetValueOrDefault(position) ?? []);
        switch (verdict)
        {
            case LeafVerdict.Intact:
                Interlocked.Increment(ref _intact);
                break;
            case LeafVerdict.ErasedBy erased:
                _erased[position] = erased.Positions;
                break;
            case LeafVerdict.Tampered tampered:
                _findings.Add(new(position, tampered.Reason));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        if (verdict is not LeafVerdict.Tampered && opened!.Event.Type == "payload_erased")
        {
            foreach (var (erasedPosition, path) in ErasureNote.Read(position, JsonElement.Parse(opened.Event.Data.Span)).Named())
            {
                _provenErasures[(position, erasedPosition, path)] = true;
            }
        }
    }

    private async Task CheckWithheldAsync(List<int> withheld, long tile, byte[] hashes, int width, CancellationToken cancellationToken)
    {
        if (withheld.Count == 0)
        {
            return;
        }

        var first = (tile * HashTile.WidthMax) + 1;
        var bundle = await source.GetAsync($"log/{new EntryBundleCoordinates(tile, width).Path}", cancellationToken);
        var read = EntryBundle.TryRead(bundle, width, out var entries);
        foreach (var index in withheld)
        {
            if (read && MerkleHashing.Leaf(entries![index].Span) == HashTile.Hashes(hashes)[index])
            {
                Interlocked.Increment(ref _withheld);
            }
            else
            {
                _findings.Add(new(first + index, "the entry of the withheld event does not stand in the tree"));
            }
        }
    }

    /// <summary>Checks that the tree contains every erasing event that the feed reported. Otherwise the erasure is not believed.</summary>
    private void DemandErasuresProven()
    {
        foreach (var position in _erased.Keys)
        {
            foreach (var (path, by) in _erasedBy[position])
            {
                if (!_provenErasures.ContainsKey((by, position, path)))
                {
                    _findings.Add(new(position, $"{path} is said to be erased by {by}, which the tree does not prove"));
                }
            }
        }
    }

    private async Task<long?> CompareHeadsAsync(byte[][] tiles, Checkpoint head, Checkpoint? remembered, CancellationToken cancellationToken)
    {
        var tree = new MerkleTree();
        foreach (var tile in tiles)
        {
            for (var i = 0; i < tile.Length / Digest.Length; i++)
            {
                tree.Append(HashTile.Hashes(tile)[i]);
            }
        }

        if (tree.Root() != head.Root)
        {
            _findings.Add(new(null, "the hashes of the log do not give the root that it signed"));
        }

        if (remembered is null)
        {
            return null;
        }

        if (remembered.Size > head.Size)
        {
            _findings.Add(new(head.Size + 1, $"the log ends at {head.Size}, but it had {remembered.Size} events when it was last verified"));
            return null;
        }

        if (await MerkleProofs.RootAsync(tree, remembered.Size, cancellationToken) != remembered.Root)
        {
            _findings.Add(new(null, $"the first {remembered.Size} events are not those of the head that was remembered: the log was rewritten or forked"));
            return null;
        }

        return remembered.Size;
    }

    /// <summary>Asks the service which events it refuses to sign.</summary>
    private async Task AskServiceAsync(CancellationToken cancellationToken)
    {
        if (await source.HealthAsync(cancellationToken) is not { } health || !health.TryGetProperty("proof", out var proof)
            || proof.GetProperty("state").GetString() != "refused")
        {
            return;
        }

        var positions = proof.GetProperty("positions").EnumerateArray().Select(p => p.GetInt64()).ToList();
        var known = _findings.Select(f => f.Position).ToHashSet();
        foreach (var position in positions.Where(p => !known.Contains(p)))
        {
            _findings.Add(new(position, $"the service refuses to sign: {proof.GetProperty("detail").GetString()}"));
        }

        if (positions.Count == 0)
        {
            _findings.Add(new(null, $"the service refuses to sign: {proof.GetProperty("detail").GetString()}"));
        }
    }
}
