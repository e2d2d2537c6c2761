using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// SHA-256 of short messages. A leaf takes some thirty hashes of a hundred bytes, and <see cref="SHA256"/> sets up a context of the library
/// for each, which costs more than the hashing (docs/decisions/0020): where libcrypto offers its three plain functions, they are called on a
/// context on the stack.
/// </summary>
internal static unsafe class Sha256Hash
{
    /// <summary>A call into libcrypto holds up the garbage collector, so that longer messages go piece by piece.</summary>
    private const int PieceLengthMax = 4_096;

    /// <summary>What SHA256_Init makes; a copy of it costs a fraction of the call.</summary>
    private static readonly State Empty;

    /// <summary>False where there is no libcrypto, or one that was built without what OpenSSL 3 calls deprecated.</summary>
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

    /// <summary>The state before the first byte. Only where <see cref="HasStates"/>.</summary>
    public static State Begin() => Empty;

    private static bool TryBegin(out State empty)
    {
        empty = default;
        fixed (byte* context = empty.Context)
        {
            return Libcrypto.HasSha256 && Libcrypto.SHA256_Init(context) == 1;
        }
    }

    /// <summary>A hash on its way: a value, so that a copy goes on from where the first one stands.</summary>
    public struct State
    {
        /// <summary>OpenSSL's SHA256_CTX has 112 bytes (sha.h); the rest is room.</summary>
        internal fixed byte Context[128];

        /// <summary>Takes more of the message.</summary>
        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length > PieceLengthMax; bytes = bytes[PieceLengthMax..])
            {
                AddPiece(bytes[..PieceLengthMax]);
            }

            AddPiece(bytes);
        }

        /// <summary>Writes the hash into the first 32 bytes of a span; the state is of no use any more.</summary>
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
