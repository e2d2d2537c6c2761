using System.Reflection;
using System.Runtime.InteropServices;

namespace Ledger.Transparency;

/// <summary>
/// The plain functions of SHA-256 of OpenSSL's libcrypto (1.1.1 or later), which .NET's own cryptography runs on, on Linux. They halve what a leaf
/// costs (docs/decisions/0020); where they are not there, .NET's own classes do the same.
/// </summary>
internal static partial class Libcrypto
{
    private const string Library = "libcrypto";

    // Newest first on each platform; the bare name is what a development installation offers.
    private static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-1_1-x64.dll", "libcrypto.dll"]
        : OperatingSystem.IsMacOS() ? ["libcrypto.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
            "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib", "libcrypto.1.1.dylib"]
        : ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"];

    static Libcrypto() => NativeLibrary.SetDllImportResolver(typeof(Libcrypto).Assembly, Resolve);

    /// <summary>False where there is no libcrypto, or one that was built without what OpenSSL 3 calls deprecated.</summary>
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

    /// <summary>Finds the library itself; false where there is none.</summary>
    private static bool TryLoad(out nint library)
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

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Library && TryLoad(out var library) ? library : 0;
}
