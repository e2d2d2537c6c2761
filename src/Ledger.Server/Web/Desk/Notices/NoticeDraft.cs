using System.Text.Json;
using Marten;

namespace Ledger.Server;

/// <summary>A field of an assertion and its new value.</summary>
public sealed record WrittenChange(string Field, JsonElement? After);

/// <summary>What a notice does to one assertion.</summary>
/// <param name="Assertion">Its id.</param>
/// <param name="Version">The version that the author saw.</param>
/// <param name="Changes">The changes, field by field.</param>
/// <param name="Extent">The extent of a retraction.</param>
public sealed record WrittenItem(string Assertion, long Version, IReadOnlyList<WrittenChange> Changes, string? Extent);

/// <summary>A notice as its author wrote it. It holds only what will be recorded, and nothing that is recorded already.</summary>
public sealed record WrittenNotice(
    string Publisher, string Kind, string Text, string? Url, string? Citation, string? Materiality, string Reason, string? EmbargoUntil, IReadOnlyList<WrittenItem> Items);

/// <summary>
/// A notice that waits for a second person. It is operational data and not an event. Its text is deleted when it is recorded or rejected.
/// </summary>
public sealed record NoticeDraft
{
    /// <summary>Nobody has decided.</summary>
    public const string Pending = "pending";

    /// <summary>It is being recorded. If it stays in this state, the recording was interrupted and must be repeated.</summary>
    public const string Approved = "approved";

    /// <summary>It is recorded in the ledger.</summary>
    public const string Published = "published";

    /// <summary>It was rejected.</summary>
    public const string Rejected = "rejected";

    /// <summary>The key of the form in which it was written. It becomes the id of the notice.</summary>
    public required Guid Id { get; init; }

    public required string State { get; init; }

    public required string Publisher { get; init; }

    public required string Kind { get; init; }

    public WrittenNotice? Notice { get; init; }

    /// <summary>The body of the command, once the draft is approved. A retry sends the same body.</summary>
    public string? Body { get; init; }

    public required string Author { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The position of the notice in the ledger.</summary>
    public long? Position { get; init; }

    /// <summary>Whether it is not yet recorded or rejected.</summary>
    public bool IsOpen => State is Pending or Approved;
}

/// <summary>Stores the drafts.</summary>
internal sealed class NoticeDrafts(IDocumentStore documents)
{
    private const int ListMax = 200;

    /// <summary>Stores a draft. If the same form is sent again, nothing changes.</summary>
    internal async Task AddAsync(NoticeDraft draft, CancellationToken cancellationToken)
    {
        await using var session = documents.LightweightSession();
        if (await session.LoadAsync<NoticeDraft>(draft.Id, cancellationToken) is not null)
        {
            return;
        }

        session.Insert(draft);
        try
        {
            await session.SaveChangesAsync(cancellationToken);
        }
        catch (JasperFx.DocumentAlreadyExistsException)
        {
            // The same form was sent twice at the same time.
        }
    }

    internal async Task<NoticeDraft?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var session = documents.QuerySession();
        return await session.LoadAsync<NoticeDraft>(id, cancellationToken);
    }

    /// <summary>The newest first.</summary>
    internal async Task<IReadOnlyList<NoticeDraft>> ListAsync(CancellationToken cancellationToken)
    {
        await using var session = documents.QuerySession();
        return await session.Query<NoticeDraft>().OrderByDescending(d => d.WrittenAt).Take(ListMax).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Changes an open draft. If two people decide at the same time, the version of the document lets only one of them succeed. The other gets null.
    /// </summary>
    internal async Task<NoticeDraft?> MoveAsync(Guid id, Func<NoticeDraft, NoticeDraft> move, CancellationToken cancellationToken)
    {
        await using var session = documents.LightweightSession();
        if (await session.LoadAsync<NoticeDraft>(id, cancellationToken) is not { IsOpen: true } draft)
        {
            return null;
        }

        var moved = move(draft);
        session.Update(moved);
        try
        {
            await session.SaveChangesAsync(cancellationToken);
            return moved;
        }
        catch (JasperFx.ConcurrencyException)
        {
            return null;
        }
    }
}
