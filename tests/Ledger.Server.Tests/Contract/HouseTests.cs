using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Ledger.Server.Tests;

/// <summary>docs/architecture.md says what the projects reference and what stands in which folder: it is compared with the tree.</summary>
public sealed partial class HouseTests
{
    private const int LinesMax = 300;

    private static readonly string Root = Path.GetFullPath(Path.Combine(StoryPageTests.DocumentPath("architecture.md"), "..", ".."));
    private static readonly string Architecture = File.ReadAllText(StoryPageTests.DocumentPath("architecture.md"));

    [Fact]
    public void A_project_references_what_the_table_says_and_nothing_else()
    {
        var said = Rows("## Projects").ToDictionary(r => r[0].Trim('`'), r => r[2] == "nothing" ? [] : r[2].Split(", ").Select(name => $"Ledger.{name}").ToArray());
        var found = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetFileNameWithoutExtension(file),
            file => XDocument.Load(file).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).ToArray());

        said.Keys.ShouldBe(found.Keys, ignoreOrder: true);
        foreach (var (project, references) in found)
        {
            references.ShouldBe(said[project], ignoreOrder: true, project);
        }
    }

    [Fact]
    public void Every_folder_of_the_server_is_in_the_table_and_holds_more_than_one_file()
    {
        var server = Path.Combine(Root, "src", "Ledger.Server");
        var folders = Sources(server).GroupBy(file => Path.GetRelativePath(server, Path.GetDirectoryName(file)!).Replace('\\', '/')).Where(g => g.Key != ".").ToList();

        Rows("## The folders of the server").Select(r => r[0].Trim('`')).ShouldBe(folders.Select(f => f.Key), ignoreOrder: true);
        folders.Where(f => f.Count() == 1).Select(f => f.Key).ShouldBeEmpty();
    }

    [Fact]
    public void No_source_file_is_longer_than_one_reads_at_once() =>
        Sources(Path.Combine(Root, "src")).Where(file => File.ReadLines(file).Count() > LinesMax).Select(file => Path.GetRelativePath(Root, file)).ShouldBeEmpty();

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !BuildOutput().IsMatch(Path.GetRelativePath(folder, file)));

    /// <summary>The rows of the first table below a heading, cell by cell.</summary>
    private static List<string[]> Rows(string heading)
    {
        var below = Architecture[Architecture.IndexOf(heading + "\n", StringComparison.Ordinal)..].Split('\n').SkipWhile(line => !line.StartsWith('|'));
        return [.. below.TakeWhile(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim('|', ' ').Split('|').Select(cell => cell.Trim()).ToArray())];
    }

    [GeneratedRegex(@"(^|[\\/])(bin|obj)[\\/]")]
    private static partial Regex BuildOutput();
}
