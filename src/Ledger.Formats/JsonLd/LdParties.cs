namespace Ledger.Formats;

/// <summary>Maps parties of schema.org. Two parties are the same where they share an identifier. Without an identifier they are kept apart.</summary>
internal static class LdParties
{
    /// <summary>
    /// The publisher: the first node that has an identifier, otherwise the site of the address, with the first given name. A
    /// person counts only where no organisation is named, and its name is never used for the site.
    /// </summary>
    /// <returns>The id of the party. Null where nothing identifies it; then the record is refused.</returns>
    internal static string? Publisher(RecordBuilder record, IEnumerable<LdNode> nodes, string? address, ArchiveOptions options, string field)
    {
        List<LdNode> all = [.. nodes];
        List<LdNode> given = all.Exists(n => !n.Is("Person")) ? [.. all.Where(n => !n.Is("Person"))] : all;
        foreach (var node in given)
        {
            if (node.Names() is { Count: > 0 } names)
            {
                return record.Party(new("party", names), PlainText.Of(NameOf(node)), KindOf(node), field);
            }
        }

        var body = given.FirstOrDefault(n => !n.Is("Person") && PlainText.Of(n.Text) is not null);
        if (IdentityNames.SiteOf(address) is { } site)
        {
            if (body.Element.ValueKind == default && given.Count > 0)
            {
                record.Unclear(field, $"\"{PlainText.Of(given[0].Text)}\" has no identifier; the site {site} stands for it.");
            }

            return record.Party(new("party", [site]), PlainText.Of(body.Text) ?? options.Publisher ?? site["https://".Length..], "publisher", field);
        }

        if (options.Publisher is { } publisher)
        {
            return record.Party(new("party", [$"publisher:{publisher}"]), publisher, "publisher", field);
        }

        record.Refuse(field, "Nothing tells who publishes it: neither an identifier nor an address. Give the publisher of the file, or the address that it was taken from.");
        return null;
    }

    /// <summary>A link of an attribution chain: a party where it has an identifier, otherwise its name as a description.</summary>
    internal static System.Text.Json.Nodes.JsonObject? Attribution(RecordBuilder record, LdNode node, string role, string field)
    {
        var name = record.Line(PlainText.Of(NameOf(node)), field);
        return node.Names() is { Count: > 0 } names ? new() { ["party"] = record.Party(new("party", names), name, KindOf(node), field), ["role"] = role }
            : name is not null ? new() { ["description"] = name, ["role"] = role }
            : null;
    }

    private static string? NameOf(LdNode node) => node.IsObject ? node.Text : IdentityNames.Of(node.Text) is null ? node.Text : null;

    private static string KindOf(LdNode node) =>
        node.Is("Person") ? "person" : node.Is("GovernmentOrganization") ? "government" : node.Is("NewsMediaOrganization") ? "publisher" : "organisation";
}
