using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NetArchTest.Rules;

namespace Ledger.Server.Tests;

/// <summary>docs/architecture.md says what the projects reference and what stands in which folder: it is compared with the tree.</summary>
public sealed partial class HouseTests
{
    private const int LinesMax = 300;

    /// <summary>About fifteen: a reader can take in that many at a glance.</summary>
    private const int FilesMax = 18;

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

    [Theory]
    [InlineData("Ledger.Domain", "Ledger.Store", "Ledger.Server", "Ledger.Transparency", "Ledger.Formats", "Marten", "Wolverine", "JasperFx", "Npgsql", "Microsoft", "System.IO.File", "System.IO.Directory", "System.Net", "System.Data")]
    [InlineData("Ledger.Transparency", "Ledger.Domain", "Ledger.Store", "Ledger.Server", "Ledger.Formats", "Marten", "Wolverine", "JasperFx", "Npgsql", "Microsoft", "System.IO.File", "System.IO.Directory", "System.Net", "System.Data")]
    [InlineData("Ledger.Store", "Ledger.Domain", "Ledger.Server", "Ledger.Formats", "Wolverine", "RabbitMQ", "Microsoft.AspNetCore")]
    [InlineData("Ledger.Formats", "Ledger.Store", "Ledger.Server", "Ledger.Transparency", "Marten", "Wolverine", "Npgsql", "Microsoft.AspNetCore", "System.Net.Http")]
    [InlineData("Ledger.LocalPostgres", "Ledger.Domain", "Ledger.Store", "Ledger.Server", "Marten", "Wolverine", "Microsoft.AspNetCore")]
    public void No_type_of_a_project_uses_a_forbidden_dependency(string project, params string[] others) =>
        (Types.InAssembly(Assembly.Load(project)).ShouldNot().HaveDependencyOnAny(others).GetResult().FailingTypeNames ?? []).ShouldBeEmpty();

    [Theory]
    [InlineData("Ledger.Store", "Marten")]
    [InlineData("Ledger.Server", "Wolverine")]
    [InlineData("Ledger.Formats", "Ledger.Domain")]
    public void The_dependency_check_finds_a_dependency_that_exists(string project, string used) =>
        Types.InAssembly(Assembly.Load(project)).That().HaveDependencyOn(used).GetTypes().ShouldNotBeEmpty();

    [Fact]
    public void Every_folder_of_the_server_is_in_the_table_and_holds_a_few_files()
    {
        var server = Path.Combine(Root, "src", "Ledger.Server");
        var folders = Sources(server).GroupBy(file => Path.GetRelativePath(server, Path.GetDirectoryName(file)!).Replace('\\', '/')).Where(g => g.Key != ".").ToList();

        Rows("## The folders of the server").Select(r => r[0].Trim('`')).ShouldBe(folders.Select(f => f.Key), ignoreOrder: true);
        folders.Where(f => f.Count() is 1 or > FilesMax).Select(f => f.Key).ShouldBeEmpty();
    }

    [Fact]
    public void No_source_file_is_longer_than_the_limit() =>
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
