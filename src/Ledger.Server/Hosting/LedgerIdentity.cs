using Marten;

namespace Ledger.Server;

/// <summary>The URI of this ledger: the source of its events. Set, or made once and kept in the database.</summary>
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

/// <summary>The name by which this ledger's events say where they come from: made by a migration, kept for ever.</summary>
/// <param name="Id">There is one.</param>
/// <param name="Uuid">The name.</param>
internal sealed record StoredIdentity(string Id, Guid Uuid)
{
    internal const string Only = "ledger";
}
