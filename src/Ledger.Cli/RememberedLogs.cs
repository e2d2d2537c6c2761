using System.Security.Cryptography;
using System.Text;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary>
/// The keys and heads of logs that were seen, stored where the log's operator cannot change them. They reveal a log that loses events or forks.
/// </summary>
internal sealed class RememberedLogs(string directory)
{
    private const int NameLength = 16;

    /// <summary>The key to trust: the given one, otherwise the one that was seen first.</summary>
    internal VerifierKey Trust(string? given, string served, string purpose)
    {
        var keys = (given ?? served).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).ToList();
        var key = keys.FirstOrDefault() ?? throw new CommandFailedException("The log shows no verifier key.");
        var path = PathOf(key.Name, "key");
        if (given is null && File.Exists(path))
        {
            // While a key is being replaced, the log shows both. The new key is trusted only when it is given explicitly.
            var known = File.ReadAllText(path).Trim();
            return keys.Find(k => k.ToString() == known) ?? throw new CommandFailedException(
                $"The log {key.Name} now shows another key than the one remembered in {path}. If its operator announced a new key, give it with --verifier-key; else {purpose} cannot be trusted.",
                ExitCodes.Tampered);
        }

        Write(path, key + "\n");
        return key;
    }

    /// <summary>The remembered key of a log; null where none was seen.</summary>
    internal VerifierKey? KeyOf(string origin) =>
        File.Exists(PathOf(origin, "key")) && VerifierKey.TryParse(File.ReadAllText(PathOf(origin, "key")).Trim(), out var key, out _) ? key : null;

    /// <summary>The newest remembered head of a log; null where none was seen.</summary>
    internal Checkpoint? Head(VerifierKey key)
    {
        var path = PathOf(key.Name, "head");
        if (!File.Exists(path))
        {
            return null;
        }

        return SignedNote.TryParse(File.ReadAllBytes(path), out var note, out var problem) && Checkpoint.TryOpen(note, key.Name, [key], out var head, out problem)
            ? head
            : throw new CommandFailedException($"The remembered head in {path} cannot be used: {problem}");
    }

    /// <summary>Remembers a head. The caller has checked that it contains the previous one.</summary>
    internal void Remember(VerifierKey key, SignedNote head) => Write(PathOf(key.Name, "head"), head.ToString());

    private static VerifierKey Parse(string text) =>
        VerifierKey.TryParse(text, out var key, out var problem) ? key : throw new CommandFailedException($"The verifier key cannot be read: {problem}");

    private string PathOf(string origin, string kind) =>
        Path.Combine(directory, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))[..NameLength]}.{kind}");

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".next";
        File.WriteAllText(next, text);
        File.Move(next, path, overwrite: true);
    }
}
