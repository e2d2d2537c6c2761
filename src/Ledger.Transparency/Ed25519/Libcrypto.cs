using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ledger.Transparency;

/// <summary>
/// The few functions of OpenSSL's libcrypto (1.1.1 or later) that .NET 10 does not offer: Ed25519. On Linux .NET's own
/// cryptography runs on the same library, so nothing is added to what must be installed and patched.
/// </summary>
internal static partial class Libcrypto
{
    /// <summary>EVP_PKEY_ED25519, which is NID_ED25519 in OpenSSL's obj_mac.h.</summary>
    public const int Ed25519KeyType = 1087;

    private const string Library = "libcrypto";

    // ERR_error_string_n asks for 256 bytes at least.
    private const int ErrorTextLength = 256;

    // Newest first on each platform; the bare name is what a development installation offers.
    private static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-1_1-x64.dll", "libcrypto.dll"]
        : OperatingSystem.IsMacOS() ? ["libcrypto.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
            "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib", "libcrypto.1.1.dylib"]
        : ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"];

    static Libcrypto() => NativeLibrary.SetDllImportResolver(typeof(Libcrypto).Assembly, Resolve);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial EvpKeyHandle EVP_PKEY_new_raw_private_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial EvpKeyHandle EVP_PKEY_new_raw_public_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EVP_PKEY_get_raw_private_key(EvpKeyHandle key, Span<byte> seed, ref nuint length);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EVP_PKEY_get_raw_public_key(EvpKeyHandle key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial EvpDigestContextHandle EVP_MD_CTX_new();

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EVP_DigestSignInit(
        EvpDigestContextHandle context, nint keyContext, nint digest, nint engine, EvpKeyHandle key);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EVP_DigestSign(
        EvpDigestContextHandle context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> message, nuint length);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EVP_DigestVerifyInit(
        EvpDigestContextHandle context, nint keyContext, nint digest, nint engine, EvpKeyHandle key);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int EVP_DigestVerify(
        EvpDigestContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint length);

    /// <summary>False where there is no libcrypto, or one that was built without what OpenSSL 3 calls deprecated: the plain functions of SHA-256.</summary>
    public static bool HasSha256 { get; } = TryLoad(out var library)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Init), out _)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Update), out _)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Final), out _);

    /// <summary>
    /// Begins a hash in a SHA256_CTX. The three are declared as functions of the library, not called by their addresses: only before such a
    /// call does the JIT clear the upper halves of the vector registers, without which OpenSSL's instructions wait for them, at twice the time.
    /// </summary>
    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static unsafe partial int SHA256_Init(byte* context);

    /// <summary>Takes more of the message. For short ones: the garbage collector waits for it.</summary>
    [LibraryImport(Library)]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static unsafe partial int SHA256_Update(byte* context, byte* bytes, nuint length);

    /// <summary>Writes the hash.</summary>
    [LibraryImport(Library)]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static unsafe partial int SHA256_Final(byte* hash, byte* context);

    /// <summary>Turns a failed call into an exception that carries OpenSSL's own words.</summary>
    public static CryptographicException Failure(string action)
    {
        Span<byte> text = stackalloc byte[ErrorTextLength];
        text.Clear();
        ERR_error_string_n(ERR_get_error(), text, ErrorTextLength);
        ERR_clear_error();
        return new CryptographicException($"OpenSSL could not {action}: {System.Text.Encoding.ASCII.GetString(text.TrimEnd((byte)0))}");
    }

    /// <summary>
    /// Empties this thread's queue of errors. A wrong signature leaves entries there that .NET's own use of OpenSSL would
    /// otherwise report as its own.
    /// </summary>
    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void ERR_clear_error();

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial CULong ERR_get_error();

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ERR_error_string_n(CULong error, Span<byte> text, nuint length);

    /// <summary>Finds the library itself; false where there is none.</summary>
    public static bool TryLoad(out nint library)
    {
        foreach (var fileName in FileNames)
        {
            if (NativeLibrary.TryLoad(fileName, typeof(Libcrypto).Assembly, DllImportSearchPath.SafeDirectories, out library))
            {
                return true;
            }
        }

        library = 0;
        return false;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Library)
        {
            return 0;
        }

        return TryLoad(out var library) ? library : throw new DllNotFoundException(
            $"Signing needs OpenSSL's libcrypto 1.1.1 or later; looked for {string.Join(", ", FileNames)}. "
            + "Install OpenSSL 3 (Debian: libssl3, macOS: brew install openssl@3, Windows: put its DLL on the path).");
    }
}
