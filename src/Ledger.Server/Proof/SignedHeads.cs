using System.Text;
using Ledger.Store;
using Ledger.Transparency;
using Npgsql;

namespace Ledger.Server;

/// <summary>The newest signed head, as every node sees it.</summary>
internal sealed class SignedHeads(EventStore store, LogKey key, LedgerSettings settings, TimeProvider clock) : IDisposable
{
    /// <summary>The header that carries a signed head along with events, in answers, webhooks and messages.</summary>
    internal const string Header = "Ledger-Checkpoint";

    /// <summary>How often a request that waits for its position polls. The signer makes at most ten heads a second (one per 100 ms).</summary>
    private const int PollMs = 10;

    /// <summary>How old the head in the header may be. Reusing it saves one query per event.</summary>
    private static readonly TimeSpan HeaderAgeMax = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Kept? _kept;

    /// <summary>
    /// The newest signed head. Fails with 503 if there is no head of this log, neither in its file nor in the database. The signer writes a head to its
    /// file before it stores the head with its tiles. So this method waits, for a bounded time, until the head in the file is stored, because then its
    /// tiles can be read. If the wait is not enough, for example because the database was restored to an older state, it still returns the head in the
    /// file.
    /// </summary>
    internal async Task<(SignedNote Note, Checkpoint Checkpoint)> CurrentAsync(CancellationToken cancellationToken)
    {
        var remembered = Open(key.RememberedHead());
        var stored = remembered is { } known ? await StoredAsync(known.Checkpoint.Size, cancellationToken) : Open(await TileStore.ReadHeadAsync(store.DataSource, cancellationToken));
        return Best(stored, remembered) ?? throw NotSigned("The log has no signed head yet.");
    }

    /// <summary>A signed head that covers a position. Waits for it for a bounded time, then fails with 503.</summary>
    internal async Task<(SignedNote Note, Checkpoint Checkpoint)> CoveringAsync(long position, CancellationToken cancellationToken) =>
        await StoredAsync(position, cancellationToken) is { } head && head.Checkpoint.Size >= position ? head : throw NotSigned($"Position {position} is not signed yet.");

    /// <summary>Adds the newest signed head to an answer with events.</summary>
    internal async Task AddHeaderAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        if (await BesideAsync(cancellationToken) is { } head)
        {
            response.Headers[Header] = head;
        }
    }

    /// <summary>The signed head that is sent along with events. It is in base64 because it has several lines. Null before the first head.</summary>
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
            // The events must still be sent, and an older head of the same log is just as valid.
            return _kept?.Head;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>The stored head. Waits, for a bounded time, until it covers a position.</summary>
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
