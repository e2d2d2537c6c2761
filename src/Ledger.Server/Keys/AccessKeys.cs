using System.Security.Cryptography;
using System.Text;
using Ledger.Domain;
using Ledger.Store;
using Npgsql;

namespace Ledger.Server;

/// <summary>A key as its administrator sees it: never the secret.</summary>
internal sealed record AccessKey(
    string Id, string Name, IReadOnlyList<string> Scopes, string? Party, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? FormerUntil);

/// <summary>Who asks, with what it may do.</summary>
internal sealed record Principal(Actor Actor, IReadOnlyList<string> Scopes)
{
    internal bool May(string scope) => Scopes.Contains(scope, StringComparer.Ordinal) || Scopes.Contains(Server.Scopes.Admin, StringComparer.Ordinal);
}

/// <summary>Keeps the keys: only hashes, for the secrets are as random as the hashes are.</summary>
internal sealed class AccessKeys(EventStore store, TimeProvider clock)
{
    private const int SecretBytes = 32;
    private const int IdBytes = 8;
    private const int ListMax = 1_000;

    internal static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The principal behind a secret; null where it is unknown, expired or revoked. Asked of the database every time, so that a revocation holds at once on every node.</summary>
    internal async Task<Principal?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand("""
            select id, scopes, party from ledger_ops.access_key
            where (hash = $1 or (former_hash = $1 and former_until > $2)) and revoked_at is null and (expires_at is null or expires_at > $2)
            """);
        command.Parameters.Add(new() { Value = HashOf(secret) });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new(new(row.GetString(0), row[2] as string), (string[])row[1]) : null;
    }

    /// <summary>Makes a key; the secret is given here and never again.</summary>
    internal async Task<(AccessKey Key, string Secret)> CreateAsync(
        string name, IReadOnlyList<string> scopes, string? party, DateTimeOffset? expiresAt, string createdBy, CancellationToken cancellationToken)
    {
        var secret = NewSecret();
        var key = new AccessKey(
            $"key-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}", name, scopes, party, clock.GetUtcNow(), createdBy, expiresAt?.ToUniversalTime(), null, null);
        await using var command = store.DataSource.CreateCommand("""
            insert into ledger_ops.access_key (id, name, hash, scopes, party, created_at, created_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
            """);
        foreach (var value in new object?[] { key.Id, key.Name, HashOf(secret), scopes.ToArray(), party, key.CreatedAt, createdBy, key.ExpiresAt })
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
        return (key, secret);
    }

    internal async Task<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand($"""
            select id, name, scopes, party, created_at, created_by, expires_at, revoked_at, former_until from ledger_ops.access_key order by created_at limit {ListMax}
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<AccessKey>();
        while (await row.ReadAsync(cancellationToken))
        {
            keys.Add(new(row.GetString(0), row.GetString(1), (string[])row[2], row[3] as string, Time(row[4])!.Value, row.GetString(5), Time(row[6]), Time(row[7]), Time(row[8])));
        }

        return keys;
    }

    /// <summary>Ends a key at once. False where there is none.</summary>
    internal async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = store.DataSource.CreateCommand("update ledger_ops.access_key set revoked_at = coalesce(revoked_at, $2) where id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Gives a key a new secret; the former one is good until a moment. Null where there is no such key in force.</summary>
    internal async Task<string?> RotateAsync(string id, DateTimeOffset formerUntil, CancellationToken cancellationToken)
    {
        var secret = NewSecret();
        await using var command = store.DataSource.CreateCommand(
            "update ledger_ops.access_key set former_hash = hash, former_until = $3, hash = $2 where id = $1 and revoked_at is null");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = HashOf(secret) });
        command.Parameters.Add(new() { Value = formerUntil });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0 ? secret : null;
    }

    private static DateTimeOffset? Time(object value) => value is DateTime time ? new DateTimeOffset(time) : null;

    private static string NewSecret() => "ledger_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
}
