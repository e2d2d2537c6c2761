using System.Security.Cryptography;
using System.Text;
using Ledger.Transparency;

namespace Ledger.Cli;

/// <summary>Keys and heads of logs, kept where the log's operator has no hand: a log that forgets or forks is found out by them.</summary>
internal sealed class RememberedLogs(string directory)
{
    private const int NameLength = 16;

    /// <summary>The key to trust: the one given, else the one that was seen first.</summary>
    internal VerifierKey Trust(string? given, string served, string purpose)
    {
        var keys = (given ?? served).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).ToList();
        var key = keys.FirstOrDefault() ?? throw new CommandFailedException("The log shows no verifier key.");
        var path = PathOf(key.Name, "key");
        if (given is null && File.Exists(path))
        {
            // While a key is being replaced the log shows both; the new one is taken only when it is given.
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

    /// <summary>The newest head that was seen of a log; null before the first.</summary>
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

    /// <summary>Remembers a head that contains the one before.</summary>
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
