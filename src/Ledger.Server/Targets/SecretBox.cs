using System.Security.Cryptography;
using System.Text;

namespace Ledger.Server;

/// <summary>Encrypts subscribers' secrets (AES-256-GCM), bound to their subscription, with a key that is kept outside the database.</summary>
internal sealed class SecretBox(SubscriberSettings settings, LedgerSettings ledger)
{
    private const int KeyBytes = 32;
    private const string FileName = "secrets-key";

    private readonly Lazy<byte[]?> _key = new(() => Load(settings, ledger));

    /// <summary>Whether there is a key, so that secrets can be kept.</summary>
    internal bool HasKey => _key.Value is not null;

    /// <summary>Encrypts a text. The result is nonce, ciphertext and tag.</summary>
    internal byte[] Seal(string subscription, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedText = new byte[Nonce + plain.Length + Tag];
        var nonce = sealedText.AsSpan(0, Nonce);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(Key(), Tag);
        cipher.Encrypt(nonce, plain, sealedText.AsSpan(Nonce, plain.Length), sealedText.AsSpan(Nonce + plain.Length), Encoding.UTF8.GetBytes(subscription));
        return sealedText;
    }

    /// <summary>Decrypts a result of <see cref="Seal"/>.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key or for another subscription, or it was changed.</exception>
    internal string Open(string subscription, ReadOnlySpan<byte> sealedText)
    {
        var plain = new byte[sealedText.Length - Nonce - Tag];
        using var cipher = new AesGcm(Key(), Tag);
        cipher.Decrypt(sealedText[..Nonce], sealedText[Nonce..^Tag], sealedText[^Tag..], plain, Encoding.UTF8.GetBytes(subscription));
        return Encoding.UTF8.GetString(plain);
    }

    private static int Nonce => AesGcm.NonceByteSizes.MaxSize;

    private static int Tag => AesGcm.TagByteSizes.MaxSize;

    internal static ProblemException KeyMissing() => new(new(503, "secrets-key-missing", "Secrets cannot be kept",
        "Set Ledger:SecretsKey to the base64 of 32 random bytes, the same on every node, and start again."));

    private byte[] Key() => _key.Value ?? throw KeyMissing();

    private static byte[]? Load(SubscriberSettings settings, LedgerSettings ledger)
    {
        var text = settings.SecretsKey;
        if (string.IsNullOrWhiteSpace(text) && ledger.IsLocal)
        {
            text = LoadOrMake(ledger.DataDirectory);
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text.Trim(), key, out var written) && written == KeyBytes
            ? key
            : throw new InvalidOperationException("Ledger:SecretsKey is not the base64 of 32 bytes.");
    }

    private static string LoadOrMake(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(dataDirectory);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new StreamWriter(path, options);
            file.Write(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        }

        return File.ReadAllText(path);
    }
}
