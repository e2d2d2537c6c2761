using System.Text;
using Ledger.Store;
using Ledger.Transparency;
using Npgsql;

namespace Ledger.Server;

/// <summary>The newest signed head, as every node sees it.</summary>
internal sealed class SignedHeads(EventStore store, LogKey key, LedgerSettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>The header that carries a head beside events, in answers, webhooks and messages.</summary>
    internal const string Header = "Ledger-Checkpoint";

    /// <summary>How often a request that waits for its position looks: heads come five times a second at most.</summary>
    private const int PollMs = 10;

    /// <summary>How old the head beside events may be; it saves each of them a query.</summary>
    private static readonly TimeSpan HeaderAgeMax = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Kept? _kept;

    /// <summary>
    /// The newest head; 503 before the first, and where the database holds none of this log's. A head is remembered in its file before it is stored with
    /// its tiles: it is waited for, bounded, so that whoever is given a head finds its tiles. Where the database was set back it is given all the same.
    /// </summary>
    internal async Task<(SignedNote Note, Checkpoint Checkpoint)> CurrentAsync(CancellationToken cancellationToken)
    {
        var remembered = Open(key.RememberedHead());
        var stored = remembered is { } known ? await StoredAsync(known.Checkpoint.Size, cancellationToken) : Open(await TileStore.ReadHeadAsync(store.DataSource, cancellationToken));
        return Best(stored, remembered) ?? throw NotSigned("The log has no signed head yet.");
    }

    /// <summary>A head that covers a position; waits for it, bounded, then 503.</summary>
    internal async Task<(SignedNote Note, Checkpoint Checkpoint)> CoveringAsync(long position, CancellationToken cancellationToken) =>
        await StoredAsync(position, cancellationToken) is { } head && head.Checkpoint.Size >= position ? head : throw NotSigned($"Position {position} is not signed yet.");

    /// <summary>Tells a reader of events the newest head.</summary>
    internal async Task AddHeaderAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        if (await BesideAsync(cancellationToken) is { } head)
        {
            response.Headers[Header] = head;
        }
    }

    /// <summary>The head that travels beside events, in base64 because a head has several lines; null before the first.</summary>
    internal async ValueTask<string?> BesideAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } fresh)
        {
            return fresh.Head;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } meanwhile)
            {
                return meanwhile.Head;
            }

            var stored = await TileStore.ReadHeadAsync(store.DataSource, cancellationToken);
            _kept = new(stored is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(stored)), clock.GetTimestamp());
            return _kept.Head;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            // The events are there to be sent, and an older head of the same log is as true.
            return _kept?.Head;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>The stored head; waits, bounded, until it covers a position.</summary>
    private async Task<(SignedNote Note, Checkpoint Checkpoint)?> StoredAsync(long position, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var head = Open(await TileStore.ReadHeadAsync(store.DataSource, cancellationToken));
            if (head?.Checkpoint.Size >= position || clock.GetElapsedTime(started) > TimeSpan.FromMilliseconds(settings.ProjectionWaitMs))
            {
                return head;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(PollMs), clock, cancellationToken);
        }
    }

    private Kept? Fresh() => _kept is { } kept && clock.GetElapsedTime(kept.ReadAt) <= HeaderAgeMax ? kept : null;

    private static (SignedNote Note, Checkpoint Checkpoint)? Best((SignedNote Note, Checkpoint Checkpoint)? one, (SignedNote Note, Checkpoint Checkpoint)? other) =>
        one is null || (other is not null && other.Value.Checkpoint.Size > one.Value.Checkpoint.Size) ? other : one;

    private static ProblemException NotSigned(string what) => new(new(503, "not-signed", "There is no signed head for this",
        $"{what} Try again after the time in Retry-After; /health/ready says whether the log is being signed.")
    { RetryAfterS = 1 });

    private (SignedNote Note, Checkpoint Checkpoint)? Open(string? note) =>
        note is not null && key.TryOpen(note, out var signed, out var checkpoint, out _) ? (signed, checkpoint) : null;

    private sealed record Kept(string? Head, long ReadAt);
}
