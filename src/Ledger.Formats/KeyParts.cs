using System.Security.Cryptography;
using System.Text;

namespace Ledger.Formats;

/// <summary>Parts of idempotency keys and names that are made from texts.</summary>
internal static class KeyParts
{
    private const int WholeLengthMax = 300;

    /// <summary>The beginning of the text's SHA-256, in hexadecimal.</summary>
    internal static string Hash(string text, int characters = 16) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..characters];

    /// <summary>The text itself, or its hash where it is long.</summary>
    internal static string Short(string text) => text.Length <= WholeLengthMax ? text : Hash(text);
}
