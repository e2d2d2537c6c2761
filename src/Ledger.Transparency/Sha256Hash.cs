using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// SHA-256 of short messages. A leaf takes some thirty hashes of a hundred bytes, and <see cref="SHA256"/> sets up a context of the library
/// for each, which costs three times the hashing: where libcrypto offers its three plain functions, they are called on a context on the stack.
/// </summary>
internal static unsafe class Sha256Hash
{
    /// <summary>A call into libcrypto holds up the garbage collector, so that longer messages go the usual way.</summary>
    private const int LengthMax = 4_096;

    /// <summary>OpenSSL's SHA256_CTX has 112 bytes (sha.h); the rest is room.</summary>
    private const int ContextLength = 128;

    private static readonly bool IsThere = TryLoad(out Init, out Update, out Final);
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, int> Init;
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, nuint, int> Update;
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, int> Final;

    /// <summary>Writes the hash of a message into the first 32 bytes of a span.</summary>
    public static void Compute(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, Digest.Length);
        if (!IsThere || message.Length > LengthMax)
        {
            SHA256.HashData(message, hash);
            return;
        }

        var context = stackalloc byte[ContextLength];
        fixed (byte* from = message, to = hash)
        {
            if (Init(context) != 1 || Update(context, from, (nuint)message.Length) != 1 || Final(to, context) != 1)
            {
                throw new CryptographicException("OpenSSL could not hash.");
            }
        }
    }

    /// <summary>False where there is no libcrypto, or one that was built without what OpenSSL 3 calls deprecated.</summary>
    private static bool TryLoad(
        out delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, int> init,
        out delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, nuint, int> update,
        out delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, int> final)
    {
        nint first = 0, second = 0, third = 0;
        var found = Libcrypto.TryLoad(out var library)
            && NativeLibrary.TryGetExport(library, "SHA256_Init", out first)
            && NativeLibrary.TryGetExport(library, "SHA256_Update", out second)
            && NativeLibrary.TryGetExport(library, "SHA256_Final", out third);
        init = (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, int>)first;
        update = (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, nuint, int>)second;
        final = (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, int>)third;
        return found;
    }
}
