using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ledger.Transparency.Tests;

/// <summary>The document that others implement from is run, not only read.</summary>
public sealed class FormatDocumentTests
{
    private const string Origin = "ledger.example/claims";

    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "transparency-format.md"));

    [Fact]
    public void The_documented_example_is_what_the_code_makes()
    {
        var (input, leaf) = Regex.Matches(Document, "```json\n(.*)\n```").ToArray() is [var first, var second]
            ? (first.Groups[1].Value, second.Groups[1].Value)
            : throw new InvalidDataException("The document has not exactly two JSON examples.");
        using var json = JsonDocument.Parse(input);
        var root = json.RootElement;
        var stored = new CommittedEvent
        {
            Position = root.GetProperty("position").GetInt64(),
            Id = root.GetProperty("id").GetGuid(),
            Stream = root.GetProperty("stream").GetString()!,
            Version = root.GetProperty("version").GetInt64(),
            Type = root.GetProperty("type").GetString()!,
            RecordedAt = root.GetProperty("recordedAt").GetDateTimeOffset(),
            RecordedBy = root.GetProperty("recordedBy").GetString()!,
            Causation = root.GetProperty("causation").GetString(),
            Data = Encoding.UTF8.GetBytes(root.GetProperty("data").GetRawText()),
        };
        Document.ShouldContain(SampleEvent.Salts.ToJson());
        Encoding.UTF8.GetString(SampleEvent.Leaf(stored, SampleEvent.Salts)).ShouldBe(leaf);
        Document.ShouldContain($"`{MerkleHashing.Leaf(Encoding.UTF8.GetBytes(leaf))}`");
    }

    [Fact]
    public async Task The_documented_script_proves_a_receipt_and_refuses_a_changed_one()
    {
        var script = Regex.Match(Document, "```js\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        using var signer = Ed25519NoteSigner.Generate(Origin);
        // JavaScript's numbers cannot hold the sample's large one, as the document says.
        var denial = SampleEvent.WithData(SampleEvent.Data.Replace("9007199254740993", "9007199254740991", StringComparison.Ordinal));
        var tree = new MerkleTree();
        for (var position = 1; position <= 53; position++)
        {
            tree.Append(MerkleHashing.Leaf(SampleEvent.Leaf(denial with { Position = position }, SampleEvent.Salts)));
        }

        var note = new Checkpoint(Origin, tree.Size, tree.Root()).Sign(signer);
        var path = await MerkleProofs.InclusionAsync(tree, denial.Position - 1, tree.Size);
        string Receipt(CommittedEvent stored, SaltRecord salts) =>
            EventReceipt.TryCreate(stored, salts, SampleEvent.NoErasures, path, note, out var receipt, out var problem)
                ? receipt.ToString()
                : throw new InvalidDataException(problem);
        Task<string> Run(string receipt) => NodeProcess.RunAsync(
            $"process.argv.push({JsonSerializer.Serialize(signer.VerifierKey.ToString())});"
            + script.Replace("process.exit(1)", "process.exit(0)", StringComparison.Ordinal), receipt);

        const string Proven = "PROVEN: denial_recorded at position 41 of ledger.example/claims\n";
        var right = Receipt(denial, SampleEvent.Salts);
        (await Run(right)).ShouldBe(Proven);
        var erased = SampleEvent.Erase(denial, SampleEvent.Salts, "statement", "amount");
        (await Run(Receipt(denial with { Data = erased.Data }, erased.Salts))).ShouldBe(Proven);

        (await Run(Receipt(denial with { Version = 4 }, SampleEvent.Salts))).ShouldStartWith("REFUSED: the event is not in the signed tree");
        (await Run(right.Replace("index 40", "index 39", StringComparison.Ordinal))).ShouldStartWith("REFUSED: the proof is of another position");
        (await Run(right.Replace("\n53\n", "\n54\n", StringComparison.Ordinal))).ShouldStartWith("REFUSED: the checkpoint is not signed");
    }

    private static string RepositoryRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Ledger.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("No directory above the tests holds Ledger.sln.");
    }
}
