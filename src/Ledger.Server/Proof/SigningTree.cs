using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>The right edge of the growing tree, and the head that was signed last. It signs no tree that does not contain that head.</summary>
internal sealed class SigningTree(LogKey key, Checkpoint? remembered, string? rememberedNote)
{
    private const string WhatToDo =
        "Restore the events that were signed, or set a new Ledger:Origin to begin a new log over what is left, and tell those who hold receipts.";

    private readonly TileEdge _edge = new();
    private readonly Dictionary<(int Level, long Index), (HashTileCoordinates Coordinates, byte[] Bytes)> _unsaved = [];
    private string? _rememberedNote = rememberedNote;

    internal long Size => _edge.Size;

    /// <summary>How many events to read next. A page ends at the size of the remembered head, because the roots are compared there.</summary>
    internal int PageLength(int max) => remembered is not null && remembered.Size > Size ? (int)Math.Min(max, remembered.Size - Size) : max;

    internal void Append(LeafRow row)
    {
        if (!row.TryHash(out var leaf, out var problem))
        {
            throw new RefusedToSignException($"Event {row.Event.Position} has no leaf: {problem}. {WhatToDo}", row.Event.Position);
        }

        _edge.Append(leaf, (coordinates, bytes) => _unsaved[(coordinates.Level, coordinates.Index)] = (coordinates, bytes));
        if (Size == remembered?.Size)
        {
            DemandRoot(remembered);
        }
    }

    /// <summary>Refuses if the tree is not the tree of a signed head.</summary>
    internal void DemandRoot(Checkpoint? head)
    {
        if (head is not null && (head.Size != Size || head.Root != _edge.Root()))
        {
            throw new RefusedToSignException($"The events up to {head.Size} do not give the root that was signed for them. {WhatToDo}");
        }
    }

    /// <summary>Refuses if the log ends before the head that was signed last.</summary>
    internal void DemandComplete()
    {
        if (remembered is not null && remembered.Size > Size)
        {
            throw new RefusedToSignException(
                $"The database holds {Size} events, but {remembered.Size} were signed (remembered in {key.HeadFile}): an older backup, or a loss. {WhatToDo}", Size + 1);
        }
    }

    /// <summary>The tiles that changed since the last call.</summary>
    internal IReadOnlyCollection<(HashTileCoordinates Coordinates, byte[] Bytes)> TakeTiles()
    {
        foreach (var tile in _edge.PartialTiles())
        {
            _unsaved[(tile.Coordinates.Level, tile.Coordinates.Index)] = tile;
        }

        var tiles = _unsaved.Values.ToList();
        _unsaved.Clear();
        return tiles;
    }

    /// <summary>
    /// Signs the head of the tree and remembers it outside the database. Null as long as the tree has not reached the head that was signed before.
    /// </summary>
    internal SignedNote? Sign()
    {
        if (remembered is not null && remembered.Size > Size)
        {
            return null;
        }

        var signed = new Checkpoint(key.Origin, Size, _edge.Root()).Sign(key.Signers);
        var note = signed.ToString();
        if (!key.TryRemember(_rememberedNote, note))
        {
            throw new RefusedToSignException($"Another process changed {key.HeadFile}: two ledgers must not sign under one origin. Stop one of them, then start again.");
        }

        _rememberedNote = note;
        return signed;
    }
}
