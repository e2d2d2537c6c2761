using System.Runtime.CompilerServices;
using System.Xml;
using System.Xml.Linq;

namespace Ledger.Formats;

/// <summary>
/// Reads the records of an XML document one at a time. Document type declarations are refused, and with them all entities except for XML's own.
/// </summary>
internal static class XmlRecords
{
    private const int DepthMax = 100;

    /// <summary>Reads the elements with the given names as trees, at any depth. Records inside a record are a part of it.</summary>
    /// <param name="input">The document, in the encoding that it names.</param>
    /// <param name="records">The local names of the elements that are records.</param>
    /// <param name="around">Called with the elements beside the records, such as the title of a feed; null ignores them.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ArchiveFormatException">The input is not XML, has a document type declaration, or a record exceeds a limit.</exception>
    internal static async IAsyncEnumerable<(XElement Record, long Line)> ReadAsync(
        Stream input, IReadOnlyCollection<string> records, Action<XElement>? around, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bounded = new BoundedStream(input);
        using var reader = XmlReader.Create(bounded, new()
        {
            Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = false,
        });
        while (await NextAsync(reader))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (reader.NodeType == XmlNodeType.Element)
            {
                var (line, name) = (((IXmlLineInfo)reader).LineNumber, reader.LocalName);
                if (records.Contains(name))
                {
                    bounded.Begin();
                    yield return (await TreeAsync(reader), line);
                    bounded.Begin();
                    continue;
                }

                if (around is null || name is "feed" or "rss" or "channel" or "RDF")
                {
                    break;
                }

                around(await TreeAsync(reader));
            }

            if (reader.Depth > DepthMax)
            {
                throw TooDeep(reader);
            }
        }
    }

    /// <summary>Reads the element at the reader as a tree, and moves the reader past it.</summary>
    private static async Task<XElement> TreeAsync(XmlReader reader)
    {
        var root = Element(reader);
        if (reader.IsEmptyElement)
        {
            await NextAsync(reader);
            return root;
        }

        var current = root;
        while (await NextAsync(reader))
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    var child = Element(reader);
                    current.Add(child);
                    if (reader.Depth > DepthMax)
                    {
                        throw TooDeep(reader);
                    }

                    current = reader.IsEmptyElement ? current : child;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    current.Add(new XText(await reader.GetValueAsync()));
                    break;
                case XmlNodeType.EndElement when current == root:
                    await NextAsync(reader);
                    return root;
                case XmlNodeType.EndElement:
                    current = current.Parent!;
                    break;
                default:
                    break;
            }
        }

        return root;
    }

    private static XElement Element(XmlReader reader)
    {
        var element = new XElement(XName.Get(reader.LocalName, reader.NamespaceURI));
        if (reader.MoveToFirstAttribute())
        {
            do
            {
                if (reader.NamespaceURI != XNamespace.Xmlns.NamespaceName)
                {
                    element.SetAttributeValue(XName.Get(reader.LocalName, reader.NamespaceURI), reader.Value);
                }
            }
            while (reader.MoveToNextAttribute());
            reader.MoveToElement();
        }

        return element;
    }

    private static async Task<bool> NextAsync(XmlReader reader)
    {
        try
        {
            return await reader.ReadAsync();
        }
        catch (XmlException e)
        {
            throw new ArchiveFormatException($"The XML cannot be read: {e.Message} Document types and their entities are refused.", e);
        }
    }

    private static ArchiveFormatException TooDeep(XmlReader reader) =>
        new($"The XML nests deeper than {DepthMax} levels (line {((IXmlLineInfo)reader).LineNumber}).");
}
