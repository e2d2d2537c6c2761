using System.Text.Json;

namespace Ledger.Transparency;

/// <summary>Finds the members in which two leaves differ, so that a verifier can name what was changed.</summary>
internal static class LeafDifference
{
    public static string Describe(ReadOnlyMemory<byte> logged, ReadOnlyMemory<byte> stored)
    {
        if (!CanonicalJson.TryParse(logged, out var loggedJson, out var problem))
        {
            return $"the logged leaf cannot be read: {problem}";
        }

        using (loggedJson)
        {
            // This code encoded the leaf itself, so it always parses.
            using var storedJson = JsonDocument.Parse(stored);
            var before = Flatten(loggedJson.RootElement, "");
            var after = Flatten(storedJson.RootElement, "");
            var names = before.Keys.Union(after.Keys, StringComparer.Ordinal)
                .Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
                .Order(StringComparer.Ordinal)
                .ToArray();
            return names.Length > 0
                ? $"the stored event differs from its leaf in {string.Join(", ", names)}"
                : "the logged leaf says the same as the stored event, but not in canonical form";
        }
    }

    private static Dictionary<string, string> Flatten(JsonElement value, string path)
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        if (value.ValueKind != JsonValueKind.Object)
        {
            flat[path] = value.GetRawText();
            return flat;
        }

        foreach (var (name, child) in CanonicalJson.Members(value) ?? [])
        {
            foreach (var (key, text) in Flatten(child, path.Length == 0 ? name : $"{path}.{name}"))
            {
                flat[key] = text;
            }
        }

        return flat;
    }
}
