using Marten;

namespace Ledger.Server;

/// <summary>The URI of this ledger, which is the source of its events. It is set by the operator, or made once and kept in the database.</summary>
internal sealed class LedgerIdentity(string uri)
{
    internal string Uri { get; } = uri;

    internal static async Task<LedgerIdentity> LoadAsync(IDocumentStore documents, LedgerSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Uri is { Length: > 0 } given)
        {
            return new(given);
        }

        await using var session = documents.QuerySession();
        var stored = await session.LoadAsync<StoredIdentity>(StoredIdentity.Only, cancellationToken)
            ?? throw new InvalidOperationException("The ledger has no name: its database was not migrated to the end.");
        return new($"urn:uuid:{stored.Uuid}");
    }
}

/// <summary>The name that this ledger's events give as their source. A migration makes it, and it is kept for ever.</summary>
/// <param name="Id">Always the same: there is only one.</param>
/// <param name="Uuid">The name.</param>
internal sealed record StoredIdentity(string Id, Guid Uuid)
{
    internal const string Only = "ledger";
}
