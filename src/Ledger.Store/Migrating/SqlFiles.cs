using System.Security.Cryptography;
using System.Text;

namespace Ledger.Store;

/// <summary>One embedded file and the hash that the database remembers of it.</summary>
internal sealed record SqlFile(string Name, string Text, bool IsFunction)
{
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}

/// <summary>Reads embedded SQL.</summary>
internal static class SqlFiles
{
    private static readonly SqlSource Own = new(typeof(SqlFiles).Assembly, "Ledger.Store.Sql");

    /// <summary>The numbered migrations of all sources in the order of their numbers, then the functions by name.</summary>
    public static IReadOnlyList<SqlFile> All(IReadOnlyList<SqlSource>? sources)
    {
        var all = (SqlSource[])[Own, .. sources ?? []];
        var migrations = all.SelectMany(s => Read(s, "Migrations")).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        if (migrations.GroupBy(f => f.Name.Split('_')[0]).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Two migrations have the number {twice.Key}.");
        }

        return [.. migrations, .. all.SelectMany(s => Read(s, "Functions").OrderBy(f => f.Name, StringComparer.Ordinal))];
    }

    /// <summary>A file that runs with every migration.</summary>
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

        // A checkout may have changed the line ends; the text is the same.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
