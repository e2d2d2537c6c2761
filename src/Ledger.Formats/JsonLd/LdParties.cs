namespace Ledger.Formats;

/// <summary>Parties as schema.org names them: the same where an identifier is the same, and kept apart where there is none.</summary>
internal static class LdParties
{
    /// <summary>
    /// Whoever publishes: the first of the nodes that has an identifier, else the site of the address, which then has the first name given. A
    /// person counts only where no body is named, and is never taken for the site.
    /// </summary>
    /// <returns>The id of the party; null, and the record is refused, where nothing tells who it is.</returns>
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

    /// <summary>A link of a chain of attribution: a party where it has an identifier, else its name as a description.</summary>
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
