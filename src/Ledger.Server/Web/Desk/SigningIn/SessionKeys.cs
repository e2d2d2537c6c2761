using System.Xml.Linq;
using Marten;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace Ledger.Server;

/// <summary>A key that protects the sessions of the desk, in encrypted form.</summary>
/// <param name="Id">The framework's name for the key.</param>
/// <param name="Xml">The key as the framework writes it.</param>
internal sealed record SessionKey(string Id, string Xml);

/// <summary>
/// Stores the keys of ASP.NET Core data protection, which encrypt the cookies and form tokens of the desk. The keys are in the database, so that every node
/// has them. They are encrypted with Ledger:SecretsKey, so that somebody who can read the database cannot make a session. Without Ledger:SecretsKey the
/// keys are kept in memory, and nobody can sign in.
/// </summary>
internal sealed class SessionKeys(IDocumentStore documents, SecretBox box) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    private const int KeysMax = 1_000;

    private readonly List<XElement> _inMemory = [];

    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = this;
        options.XmlEncryptor = box.HasKey ? new SealingEncryptor(box) : new NullXmlEncryptor();
    }

    /// <summary>The interface is synchronous, so this blocks. The framework calls it at the start and once a day.</summary>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        if (!box.HasKey)
        {
            lock (_inMemory)
            {
                return [.. _inMemory];
            }
        }

        using var session = documents.QuerySession();
        return [.. session.Query<SessionKey>().OrderBy(k => k.Id).Take(KeysMax).ToListAsync().GetAwaiter().GetResult().Select(k => XElement.Parse(k.Xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        if (!box.HasKey)
        {
            lock (_inMemory)
            {
                _inMemory.Add(element);
            }

            return;
        }

        using var session = documents.LightweightSession();
        session.Store(new SessionKey(friendlyName, element.ToString(SaveOptions.DisableFormatting)));
        session.SaveChangesAsync().GetAwaiter().GetResult();
    }
}

/// <summary>Encrypts a key for the database.</summary>
internal sealed class SealingEncryptor(SecretBox box) : IXmlEncryptor
{
    /// <summary>The name that the encryption is bound to. No subscription can have this name.</summary>
    internal const string Purpose = "desk/session-key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new("sealed", Convert.ToBase64String(box.Seal(Purpose, plaintextElement.ToString(SaveOptions.DisableFormatting)))), typeof(SealingDecryptor));
}

/// <summary>Decrypts a result of <see cref="SealingEncryptor"/>. The framework creates this class by its name.</summary>
internal sealed class SealingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(services.GetRequiredService<SecretBox>().Open(SealingEncryptor.Purpose, Convert.FromBase64String(encryptedElement.Value)));
}
