using System.Reflection;
using System.Runtime.InteropServices;

namespace Ledger.Transparency;

/// <summary>
/// The low-level SHA-256 functions of OpenSSL's libcrypto (1.1.1 or later), which .NET's own cryptography uses on Linux. They halve the cost of a leaf
/// (docs/decisions/0020). Where they are missing, .NET's own classes are used.
/// </summary>
internal static partial class Libcrypto
{
    private const string Library = "libcrypto";

    // The newest version comes first on each platform. A development installation has the name without a version.
    private static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-1_1-x64.dll", "libcrypto.dll"]
        : OperatingSystem.IsMacOS() ? ["libcrypto.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
            "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib", "libcrypto.1.1.dylib"]
        : ["libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"];

    static Libcrypto() => NativeLibrary.SetDllImportResolver(typeof(Libcrypto).Assembly, Resolve);

    /// <summary>
    /// Whether the functions exist. They do not where there is no libcrypto, or where it was built without the functions that OpenSSL 3 deprecates.
    /// </summary>
    public static bool HasSha256 { get; } = TryLoad(out var library)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Init), out _)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Update), out _)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Final), out _);

    /// <summary>
    /// Begins a hash in a SHA256_CTX. The three functions are declared as imports and not called by their addresses, because only before a call of an
    /// import does the JIT clear the upper halves of the vector registers. Without that, OpenSSL's instructions wait for them, which doubles the time.
    /// </summary>
    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static unsafe partial int SHA256_Init(byte* context);

    /// <summary>Adds bytes of the message. They must be few, because the garbage collector waits for the call.</summary>
    [LibraryImport(Library)]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static unsafe partial int SHA256_Update(byte* context, byte* bytes, nuint length);

    /// <summary>Writes the hash.</summary>
    [LibraryImport(Library)]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static unsafe partial int SHA256_Final(byte* hash, byte* context);

    /// <summary>Loads the library; false where there is none.</summary>
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
