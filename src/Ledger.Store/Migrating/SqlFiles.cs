using System.Security.Cryptography;
using System.Text;

namespace Ledger.Store;

/// <summary>One embedded file, with the hash that the database stores for it.</summary>
internal sealed record SqlFile(string Name, string Text, bool IsFunction)
{
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}

/// <summary>Reads embedded SQL.</summary>
internal static class SqlFiles
{
    private static readonly SqlSource Own = new(typeof(SqlFiles).Assembly, "Ledger.Store.Sql");

    /// <summary>The numbered migrations of all sources in the order of their numbers, then the functions by name, then the model's scripts.</summary>
    public static IReadOnlyList<SqlFile> All(LogModel model)
    {
        var all = (SqlSource[])[Own, .. model.Sources];
        var migrations = all.SelectMany(s => Read(s, "Migrations")).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        if (migrations.GroupBy(f => f.Name.Split('_')[0]).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Two migrations have the number {twice.Key}.");
        }

        return
        [
            .. migrations,
            .. all.SelectMany(s => Read(s, "Functions").OrderBy(f => f.Name, StringComparer.Ordinal)),
            .. model.Scripts.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new SqlFile(s.Key, s.Value, IsFunction: true)),
            // Another version of Marten may need other tables. So the database stores the version with which it was compared.
            new SqlFile("marten", $"-- Marten {typeof(Marten.DocumentStore).Assembly.GetName().Version};", IsFunction: true),
        ];
    }

    /// <summary>The files that a database has not applied, or has applied with another text.</summary>
    /// <param name="files">All files, in their order.</param>
    /// <param name="applied">The hashes of the applied files, by name.</param>
    /// <exception cref="MigrationChangedException">A migration was applied with another text.</exception>
    public static IReadOnlyList<SqlFile> Missing(IReadOnlyList<SqlFile> files, IReadOnlyDictionary<string, string> applied)
    {
        var missing = new List<SqlFile>();
        foreach (var file in files)
        {
            if (!applied.TryGetValue(file.Name, out var hash))
            {
                missing.Add(file);
            }
            else if (hash != file.Hash)
            {
                missing.Add(file.IsFunction ? file : throw new MigrationChangedException(file.Name));
            }
        }

        return missing;
    }

    /// <summary>The text of a file that runs with every migration.</summary>
    public static string Bootstrap(string name) => ReadText(Own, $"{Own.Prefix}.Bootstrap.{name}.sql");

    private static IEnumerable<SqlFile> Read(SqlSource source, string folder)
    {
        var prefix = $"{source.Prefix}.{folder}.";
        return from resource in source.Assembly.GetManifestResourceNames()
               where resource.StartsWith(prefix, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal)
               select new SqlFile(resource[prefix.Length..^".sql".Length], ReadText(source, resource), folder == "Functions");
    }

    private static string ReadText(SqlSource source, string resource)
    {
        using var stream = source.Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // A checkout may have changed the line endings. The hash must not depend on them.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
