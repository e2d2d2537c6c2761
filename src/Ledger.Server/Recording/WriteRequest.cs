using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain;
using Ledger.Store;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>The data of every write: the actor, the key of the command, and the version that the client has seen.</summary>
internal sealed record WriteRequest(Actor Actor, CommandKey? Key, long? IfMatch)
{
    /// <summary>The place of the request among the sender's requests on one stream. Null if the request is independent.</summary>
    internal RequestOrder? Order { get; init; }

    /// <summary>
    /// The key as it is stored. The client's key is hashed. The fingerprint of the request is an HMAC with the client's key. So nobody can compute the key
    /// or the request from the stored values.
    /// </summary>
    internal static CommandKey KeyOf(string principal, string key, string method, string path, ReadOnlySpan<byte> body)
    {
        var secret = Encoding.UTF8.GetBytes(key);
        var request = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(method.Length + path.Length + 2) + body.Length);
        var length = Encoding.UTF8.GetBytes(method, request);
        request[length++] = (byte)' ';
        length += Encoding.UTF8.GetBytes(path, request.AsSpan(length));
        request[length++] = (byte)'\n';
        body.CopyTo(request.AsSpan(length));
        var fingerprint = new HmacKey(secret).CodeOf(request.AsSpan(0, length + body.Length)).Bytes.ToArray();
        ArrayPool<byte>.Shared.Return(request, clearArray: true);   // Cleared: data that may be erased one day must not stay in the pool.
        return new(principal, NameOf(secret), fingerprint);
    }

    /// <summary>The name under which a client's key is stored.</summary>
    internal static string NameOf(string key) => NameOf(Encoding.UTF8.GetBytes(key));

    private static string NameOf(byte[] secret) => Convert.ToBase64String(SHA256.HashData(secret));

    /// <summary>The stored answer of this request. Fails with 422 if the key belongs to another request.</summary>
    internal Answer Replay(RememberedAnswer remembered) =>
        Key is { } key && CryptographicOperations.FixedTimeEquals(key.Fingerprint, remembered.Fingerprint)
            ? RememberedPart.Again(remembered.Result) with { Replayed = true }
            : throw KeyReused();

    internal static ProblemException KeyReused() => new(new(422, "idempotency-key-reused", "The Idempotency-Key belongs to another request",
        "The same key came earlier with another body; use a new key for a new request."));
}
