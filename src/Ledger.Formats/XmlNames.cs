using System.Xml.Linq;

namespace Ledger.Formats;

/// <summary>Finds elements by their local name, because the namespaces of these formats differ by version and by author.</summary>
internal static class XmlNames
{
    internal static IEnumerable<XElement> All(XElement? parent, string name) => parent?.Elements().Where(e => e.Name.LocalName == name) ?? [];

    internal static XElement? Child(XElement? parent, string name) => All(parent, name).FirstOrDefault();

    /// <summary>The trimmed text of a child; null where there is none.</summary>
    internal static string? Value(XElement? parent, string name) => Child(parent, name)?.Value.Trim() is { Length: > 0 } text ? text : null;
}
