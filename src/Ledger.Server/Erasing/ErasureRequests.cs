using Marten;
using Npgsql;

namespace Ledger.Server;

/// <summary>An erasure that somebody asked for.</summary>
internal sealed record ErasureRequest(
    Guid Id, string State, IReadOnlyList<long> Positions, IReadOnlyList<string> Fields, string LegalBasis,
    string RequestedBy, DateTimeOffset RequestedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

/// <summary>The requests and what was decided: operational state, which holds no value that is to be erased.</summary>
internal sealed class ErasureRequests(IDocumentStore documents)
{
    private const int ListMax = 1_000;
    private const string Pending = "pending";

    internal async Task AddAsync(ErasureRequest request, CancellationToken cancellationToken)
    {
        await using var session = documents.LightweightSession();
        session.Insert(request);
        await session.SaveChangesAsync(cancellationToken);
    }

    internal async Task<IReadOnlyList<ErasureRequest>> ListAsync(Guid? id, CancellationToken cancellationToken)
    {
        await using var session = documents.QuerySession();
        if (id is { } one)
        {
            return await session.LoadAsync<ErasureRequest>(one, cancellationToken) is { } request ? [request] : [];
        }

        return await session.Query<ErasureRequest>().OrderByDescending(r => r.RequestedAt).ThenBy(r => r.Id).Take(ListMax).ToListAsync(cancellationToken);
    }

    internal async Task<bool> RejectAsync(Guid id, string by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var session = documents.LightweightSession();
        return await DecideAsync(session, id, "rejected", by, at, cancellationToken);
    }

    /// <summary>Approves a request that is still pending, within the transaction that carries it out. False where it is not pending.</summary>
    internal async Task<bool> ApproveAsync(NpgsqlTransaction transaction, Guid id, string by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var session = documents.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        return await DecideAsync(session, id, "approved", by, at, cancellationToken);
    }

    /// <summary>Two principals may decide at once. The version of the document lets only one of them through.</summary>
    private static async Task<bool> DecideAsync(IDocumentSession session, Guid id, string state, string by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await session.LoadAsync<ErasureRequest>(id, cancellationToken) is not { State: Pending } request)
        {
            return false;
        }

        session.Update(request with { State = state, DecidedBy = by, DecidedAt = at });
        try
        {
            await session.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (JasperFx.ConcurrencyException)
        {
            return false;
        }
    }
}
