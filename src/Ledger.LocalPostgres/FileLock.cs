namespace Ledger.LocalPostgres;

/// <summary>A file as a lock between processes. .NET uses flock on Unix and a sharing mode on Windows.</summary>
internal static class FileLock
{
    private const int LinuxWouldBlock = 11;
    private const int BsdWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    /// <exception cref="IOException">The file cannot be opened. Where <see cref="IsHeld"/> is true, another holder has the lock.</exception>
    public static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public static bool IsHeld(IOException failure) =>
        failure.HResult is LinuxWouldBlock or BsdWouldBlock or WindowsSharingViolation;
}
