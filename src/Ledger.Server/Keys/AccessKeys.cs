using System.Linq.Expressions;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain;
using Marten;
using Marten.Linq;

namespace Ledger.Server;

/// <summary>A key as its administrator sees it: never the secret.</summary>
internal sealed record AccessKey(
    string Id, string Name, IReadOnlyList<string> Scopes, string? Party, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? FormerUntil);

/// <summary>
/// A key as it is stored. Its secret was shown once, and only the hash is kept. After a rotation the former secret is good for a while.
/// </summary>
internal sealed record StoredKey
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret, in hexadecimal.</summary>
    public required string Hash { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public string? Party { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? FormerHash { get; init; }

    public DateTimeOffset? FormerUntil { get; init; }

    internal AccessKey Shown => new(Id, Name, Scopes, Party, CreatedAt, CreatedBy, ExpiresAt, RevokedAt, FormerUntil);

    /// <summary>Whether a secret with this hash is accepted at a moment.</summary>
    internal bool Admits(string hash, DateTimeOffset at) =>
        (Hash == hash || (FormerHash == hash && FormerUntil > at)) && IsInForce(at);

    /// <summary>Whether it is neither revoked nor expired at a moment.</summary>
    internal bool IsInForce(DateTimeOffset at) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > at);
}

/// <summary>
/// Keeps the keys. Only plain hashes of the secrets are kept; that is enough, because the secrets are as random as the hashes are. The admin key is
/// the operator's and comes from the settings.
/// </summary>
internal sealed class AccessKeys(IDocumentStore documents, AccessLog log, TimeProvider clock, LedgerSettings settings)
{
    /// <summary>The principal behind the admin key, stored as recordedBy.</summary>
    internal const string AdminPrincipal = "admin";

    private const int SecretBytes = 32;
    private const int IdBytes = 8;
    private const int ListMax = 1_000;
    private const int AttemptsMax = 5;

    private readonly byte[]? _adminHash = settings.AdminKey is { Length: > 0 } key ? HashOf(key) : null;
    private readonly ClaimsPrincipal _admin = Caller.Of(AdminPrincipal, party: null, [Scopes.Admin]);

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The operator, if the secret is the admin key; otherwise null.</summary>
    internal ClaimsPrincipal? FindAdmin(string secret) => _adminHash is not null && CryptographicOperations.FixedTimeEquals(_adminHash, HashOf(secret)) ? _admin : null;

    /// <summary>
    /// The caller that the key belongs to, or why the key is refused. Reads the database every time, so that a revocation holds at once on every
    /// node.
    /// </summary>
    internal Task<(ClaimsPrincipal? Caller, RefusedKey? Refused)> FindAsync(string secret, CancellationToken cancellationToken) =>
        OfHashAsync(Convert.ToHexStringLower(HashOf(secret)), cancellationToken);

    private async Task<(ClaimsPrincipal? Caller, RefusedKey? Refused)> OfHashAsync(string hash, CancellationToken cancellationToken)
    {
        await using var session = documents.QuerySession();
        return await session.QueryAsync(new KeyOfSecret { Hash = hash }, cancellationToken) switch
        {
            null => (null, new("unknownKey", null)),
            { } key when key.Admits(hash, clock.GetUtcNow()) => (Caller.Of(key.Id, key.Party, key.Scopes), null),
            { RevokedAt: not null } key => (null, new("revokedKey", key.Id)),
            { } key => (null, new("expiredKey", key.Id)),
        };
    }

    /// <summary>
    /// The caller of a new session, and the mark by which <see cref="OfSessionAsync"/> finds it again; null where the secret is not valid. The mark
    /// is the secret's hash, so that a session ends with the secret that began it.
    /// </summary>
    internal async Task<(ClaimsPrincipal Caller, string Mark)?> BeginSessionAsync(string secret, CancellationToken cancellationToken) =>
        (FindAdmin(secret) ?? (await FindAsync(secret, cancellationToken)).Caller) is { } caller ? (caller, Convert.ToHexStringLower(HashOf(secret))) : null;

    /// <summary>The caller of a session, with its current scopes; null where the secret that began the session is no longer valid.</summary>
    internal async Task<ClaimsPrincipal?> OfSessionAsync(string mark, CancellationToken cancellationToken) =>
        _adminHash is not null && Convert.ToHexStringLower(_adminHash) == mark ? _admin : (await OfHashAsync(mark, cancellationToken)).Caller;

    /// <summary>The caller that the configuration names: the operator, or a key by its id; null where there is none in force.</summary>
    internal async Task<ClaimsPrincipal?> FindNamedAsync(string name, CancellationToken cancellationToken)
    {
        if (name == AdminPrincipal)
        {
            return _admin;
        }

        return await LoadAsync(name, cancellationToken) is { } key && key.IsInForce(clock.GetUtcNow()) ? Caller.Of(key.Id, key.Party, key.Scopes) : null;
    }

    /// <summary>Makes a key. Its secret is returned here and never again.</summary>
    internal async Task<(AccessKey Key, string Secret)> CreateAsync(
        string name, IReadOnlyList<string> scopes, string? party, DateTimeOffset? expiresAt, string createdBy, CancellationToken cancellationToken)
    {
        var secret = NewSecret();
        var key = new StoredKey
        {
            Id = $"key-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}", Name = name, Hash = Convert.ToHexStringLower(HashOf(secret)),
            Scopes = scopes, Party = party, CreatedAt = clock.GetUtcNow(), CreatedBy = createdBy, ExpiresAt = expiresAt?.ToUniversalTime(),
        };
        await log.AppendAsync(key.Id, new KeyMade { Scopes = scopes, Party = party, Expires = key.ExpiresAt }, createdBy, once: null, cancellationToken);
        await using var session = documents.LightweightSession();
        session.Insert(key);
        await session.SaveChangesAsync(cancellationToken);
        return (key.Shown, secret);
    }

    internal async Task<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var session = documents.QuerySession();
        var keys = await session.Query<StoredKey>().OrderBy(k => k.CreatedAt).ThenBy(k => k.Id).Take(ListMax).ToListAsync(cancellationToken);
        return [.. keys.Select(k => k.Shown)];
    }

    /// <summary>Ends a key at once. False where there is none.</summary>
    internal async Task<bool> RevokeAsync(string id, string by, CancellationToken cancellationToken)
    {
        if (await LoadAsync(id, cancellationToken) is not { } key)
        {
            return false;
        }

        if (key.RevokedAt is null)
        {
            await log.AppendAsync(id, new KeyRevoked(), by, once: $"{id} is revoked", cancellationToken);
        }

        return await ChangeAsync(id, key => key with { RevokedAt = key.RevokedAt ?? clock.GetUtcNow() }, cancellationToken);
    }

    /// <summary>Gives a key a new secret; the former one is good until a moment. Null where there is no such key in force.</summary>
    internal async Task<string?> RotateAsync(string id, DateTimeOffset formerUntil, string by, CancellationToken cancellationToken)
    {
        if (await LoadAsync(id, cancellationToken) is not { RevokedAt: null })
        {
            return null;
        }

        await log.AppendAsync(id, new KeyRotated { FormerUntil = formerUntil }, by, once: null, cancellationToken);
        var secret = NewSecret();
        var rotated = await ChangeAsync(
            id,
            key => key.RevokedAt is null ? key with { FormerHash = key.Hash, FormerUntil = formerUntil, Hash = Convert.ToHexStringLower(HashOf(secret)) } : null,
            cancellationToken);
        return rotated ? secret : null;
    }

    private async Task<StoredKey?> LoadAsync(string id, CancellationToken cancellationToken)
    {
        await using var session = documents.QuerySession();
        return await session.LoadAsync<StoredKey>(id, cancellationToken);
    }

    /// <summary>Changes a key. If another node changed it meanwhile, the key is read and changed again. False where there is none to change.</summary>
    private async Task<bool> ChangeAsync(string id, Func<StoredKey, StoredKey?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var session = documents.LightweightSession();
            if (await session.LoadAsync<StoredKey>(id, cancellationToken) is not { } key || change(key) is not { } changed)
            {
                return false;
            }

            session.Update(changed);
            try
            {
                await session.SaveChangesAsync(cancellationToken);
                return true;
            }
            catch (JasperFx.ConcurrencyException) when (attempt < AttemptsMax)
            {
                // The key is read again: a revocation must hold, and a rotation must know of it.
            }
        }
    }

    private static string NewSecret() => "ledger_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Planned once, because it runs with every request.</summary>
    private sealed class KeyOfSecret : ICompiledQuery<StoredKey, StoredKey?>
    {
        public string Hash { get; init; } = "";

        public Expression<Func<IMartenQueryable<StoredKey>, StoredKey?>> QueryIs() => keys => keys.FirstOrDefault(k => k.Hash == Hash || k.FormerHash == Hash);
    }
}
