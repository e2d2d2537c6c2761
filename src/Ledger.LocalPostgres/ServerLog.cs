using System.Text;

namespace Ledger.LocalPostgres;

/// <summary>The server's log file. Its size is bounded, and its end is quoted when a start fails.</summary>
internal static class ServerLog
{
    /// <summary>The size at which the log is rotated, in bytes. It is checked at each start; one older file is kept.</summary>
    private const long LogBytesMax = 10 * 1024 * 1024;

    private const int QuotedBytesMax = 4096;
    private const int QuotedLines = 4;

    public static void Rotate(ClusterPlace place)
    {
        if (new FileInfo(place.Log) is { Exists: true, Length: > LogBytesMax })
            File.Move(place.Log, place.Log + ".1", overwrite: true);
    }

    /// <summary>The last lines, joined to one line, with the path of the log.</summary>
    public static string Quote(ClusterPlace place)
    {
        if (!File.Exists(place.Log))
            return $"it wrote no log to {place.Log}.";
        using var file = new FileStream(place.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, QuotedBytesMax), SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return $"its log {place.Log} ends: {string.Join(" | ", lines.TakeLast(QuotedLines))}";
    }
}
