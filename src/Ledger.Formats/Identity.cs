using System.Security.Cryptography;
using System.Text;

namespace Ledger.Formats;

/// <summary>
/// What makes a party, a work or a claim the same in two records: an assigned identifier in its normal form. Similar names are no
/// identity.
/// </summary>
/// <param name="Kind"><c>party</c>, <c>source</c> or <c>assertion</c>.</param>
/// <param name="Names">Its identifiers in normal form, the strongest first: <c>doi:10.1000/abc</c>, <c>https://example.org/a</c>, <c>orcid:…</c>, <c>ror:…</c>.</param>
public sealed record Identity(string Kind, IReadOnlyList<string> Names)
{
    private const int HashBytes = 16;

    /// <summary>
    /// The id under which it is recorded where the ledger does not know it yet. The id is made from the first name alone, so it is the same in every
    /// file and every format.
    /// </summary>
    public string Id => $"{Kind[0]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Kind} {Names[0]}")).AsSpan(0, HashBytes))}";
}
