using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// SHA-256 of short messages. A leaf needs about thirty hashes of a hundred bytes. <see cref="SHA256"/> sets up a context of the library
/// for each, which costs more than the hashing (docs/decisions/0020). So where libcrypto has its three low-level functions, they are called with a
/// context on the stack.
/// </summary>
internal static unsafe class Sha256Hash
{
    /// <summary>The greatest length of one call, in bytes. A call into libcrypto delays the garbage collector, so longer messages are split.</summary>
    private const int PieceLengthMax = 4_096;

    /// <summary>The state that SHA256_Init makes. A copy of it costs a fraction of the call.</summary>
    private static readonly State Empty;

    /// <summary>Whether libcrypto has the low-level functions, so that <see cref="State"/> can be used.</summary>
    public static bool HasStates { get; } = TryBegin(out Empty);

    /// <summary>Writes the hash of a message into the first 32 bytes of a span.</summary>
    public static void Compute(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        if (!HasStates)
        {
            SHA256.HashData(message, hash);
            return;
        }

        var state = Begin();
        state.Add(message);
        state.Finish(hash);
    }

    /// <summary>The state before the first byte. It may be called only where <see cref="HasStates"/> is true.</summary>
    public static State Begin() => Empty;

    private static bool TryBegin(out State empty)
    {
        empty = default;
        fixed (byte* context = empty.Context)
        {
            return Libcrypto.HasSha256 && Libcrypto.SHA256_Init(context) == 1;
        }
    }

    /// <summary>A hash in progress. It is a value, so that a copy can continue from the same state.</summary>
    public struct State
    {
        /// <summary>OpenSSL's SHA256_CTX has 112 bytes (sha.h). The rest is a reserve.</summary>
        internal fixed byte Context[128];

        /// <summary>Adds bytes of the message.</summary>
        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length > PieceLengthMax; bytes = bytes[PieceLengthMax..])
            {
                AddPiece(bytes[..PieceLengthMax]);
            }

            AddPiece(bytes);
        }

        /// <summary>Writes the hash into the first 32 bytes of a span. The state cannot be used afterwards.</summary>
        public void Finish(Span<byte> hash)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, Digest.Length);
            fixed (byte* context = Context, to = hash)
            {
                Demand(Libcrypto.SHA256_Final(to, context));
            }
        }

        private void AddPiece(ReadOnlySpan<byte> piece)
        {
            fixed (byte* context = Context, from = piece)
            {
                Demand(Libcrypto.SHA256_Update(context, from, (nuint)piece.Length));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Demand(int success)
        {
            if (success != 1)
            {
                throw new CryptographicException("OpenSSL could not hash.");
            }
        }
    }
}
