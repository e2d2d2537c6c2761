namespace Ledger.Server;

/// <summary>The URI of this ledger: the source of its events. Set, or made once and kept in the database.</summary>
internal sealed class LedgerIdentity(string uri)
{
    internal string Uri { get; } = uri;

    internal static async Task<LedgerIdentity> LoadAsync(Npgsql.NpgsqlDataSource source, LedgerSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Uri is { Length: > 0 } given)
        {
            return new(given);
        }

        await using var command = source.CreateCommand("select id from ledger_ops.identity");
        return new($"urn:uuid:{await command.ExecuteScalarAsync(cancellationToken)}");
    }
}
