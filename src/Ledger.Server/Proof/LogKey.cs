using System.Security.Cryptography;
using System.Text;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>
/// The origin and the signing keys of the log, and the last head that it signed. That head is kept in a file outside the database. So it stays correct when
/// the database is restored to an older state. Each origin has its own folder, so that a new origin starts from nothing.
/// </summary>
internal sealed class LogKey : IDisposable
{
    private const int FolderNameLength = 16;

    private readonly string _headFile;

    private readonly IReadOnlyList<Ed25519NoteSigner> _signers;

    private LogKey(string origin, IReadOnlyList<Ed25519NoteSigner> signers, string folder)
    {
        Origin = origin;
        _signers = signers;
        VerifierKeys = [.. signers.Select(s => s.VerifierKey)];
        _headFile = Path.Combine(folder, "signed-head");
    }

    internal string Origin { get; }

    /// <summary>All signers sign. While a key is being replaced there are two, so that a verifier that knows only one of the keys still works.</summary>
    internal IReadOnlyList<INoteSigner> Signers => _signers;

    /// <summary>A head is valid if any of these keys signed it.</summary>
    internal IReadOnlyList<VerifierKey> VerifierKeys { get; }

    /// <summary>The file that holds the last signed head. Messages to operators name it.</summary>
    internal string HeadFile => _headFile;

    /// <summary>
    /// Loads the configured keys, or else those in the data directory. At the first start the server makes a key there, in a file that only its own user
    /// account can read.
    /// </summary>
    internal static LogKey Load(LedgerSettings settings, LedgerIdentity identity)
    {
        var origin = settings.Origin is { Length: > 0 } given ? given : OriginOf(identity.Uri);
        var folderName = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))[..FolderNameLength];
        var folder = Path.Combine(settings.DataDirectory, $"log-{folderName}");
        Directory.CreateDirectory(folder);
        var text = settings.SigningKey is { Length: > 0 } configured ? configured.Trim() : LoadOrMake(Path.Combine(folder, "signing-key"), origin);
        return new(origin, [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(one => Parse(one, origin))], folder);
    }

    /// <summary>Parses a head and checks that this log signed it.</summary>
    internal bool TryOpen(string note, out SignedNote signed, out Checkpoint checkpoint, out string? problem)
    {
        checkpoint = null!;
        if (!SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out var parsed, out problem))
        {
            signed = null!;
            return false;
        }

        signed = parsed;
        var opened = Checkpoint.TryOpen(parsed, Origin, VerifierKeys, out var found, out problem);
        checkpoint = found!;
        return opened;
    }

    /// <summary>The head that was remembered last. Null if there is none.</summary>
    internal string? RememberedHead() => File.Exists(_headFile) ? File.ReadAllText(_headFile) : null;

    /// <summary>
    /// Replaces the remembered head, unless another process has replaced it in the meantime. The file is flushed to disk before this returns.
    /// </summary>
    internal bool TryRemember(string? expected, string head)
    {
        using var guard = new FileStream(_headFile + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        if (RememberedHead() != expected)
        {
            return false;
        }

        var next = _headFile + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(head));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _headFile, overwrite: true);
        return true;
    }

    public void Dispose()
    {
        foreach (var signer in _signers)
        {
            signer.Dispose();
        }
    }

    private static Ed25519NoteSigner Parse(string text, string origin)
    {
        if (!Ed25519NoteSigner.TryParse(text, out var signer, out var problem))
        {
            throw new InvalidOperationException($"Ledger:SigningKey cannot be used: {problem}");
        }

        return signer.VerifierKey.Name == origin
            ? signer
            : throw new InvalidOperationException($"The signing key is named {signer.VerifierKey.Name}, the log's origin is {origin}: set Ledger:Origin to the key's name, or make a key for this origin.");
    }

    /// <summary>
    /// By convention an origin is a URL without its scheme. Plus signs and spaces are replaced: in a key, a plus sign would end the name.
    /// </summary>
    private static string OriginOf(string uri) =>
        (uri.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme ? uri[(scheme + 3)..] : uri).TrimEnd('/').Replace('+', '-').Replace(' ', '-');

    private static string LoadOrMake(string path, string origin)
    {
        if (!File.Exists(path))
        {
            using var fresh = Ed25519NoteSigner.Generate(origin);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new StreamWriter(path, options);
            file.Write(fresh.ExportSecret());
        }

        return File.ReadAllText(path).Trim();
    }
}
