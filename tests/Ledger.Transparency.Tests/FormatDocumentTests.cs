using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ledger.Transparency.Tests;

/// <summary>The document that others implement from is executed, not only read.</summary>
public sealed class FormatDocumentTests
{
    private const string Origin = "ledger.example/claims";

    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "transparency-format.md"));

    [Fact]
    public void The_documented_examples_are_what_the_code_makes()
    {
        var examples = Regex.Matches(Document, "```json\n(.*)\n```").Select(match => match.Groups[1].Value).ToArray();
        examples.Length.ShouldBe(4, "an event and its leaf, for both schemas");
        Document.ShouldContain(SampleEvent.Salts.ToJson());
        foreach (var (input, leaf) in new[] { (examples[0], examples[1]), (examples[2], examples[3]) })
        {
            Encoding.UTF8.GetString(SampleEvent.Leaf(Event(JsonNode.Parse(input)!), SampleEvent.Salts)).ShouldBe(leaf);
            Document.ShouldContain($"`{MerkleHashing.Leaf(Encoding.UTF8.GetBytes(leaf))}`");
        }
    }

    private static CommittedEvent Event(JsonNode json) => new()
    {
        Position = json["position"]!.GetValue<long>(),
        Id = json["id"]!.GetValue<Guid>(),
        Stream = json["stream"]!.GetValue<string>(),
        Version = json["version"]!.GetValue<long>(),
        Type = json["type"]!.GetValue<string>(),
        RecordedAt = json["recordedAt"]!.GetValue<DateTimeOffset>(),
        RecordedBy = json["recordedBy"]!.GetValue<string>(),
        Causation = json["causation"]?.GetValue<string>(),
        Headers = json["headers"] is JsonObject headers ? Headers(headers, json["recordedBy"]!.GetValue<string>()) : null,
        Data = Encoding.UTF8.GetBytes(json["data"]!.ToJsonString()),
    };

    /// <summary>Makes the committed headers from those that a receipt shows, in the form in which the database stores them.</summary>
    private static CommittedHeaders? Headers(JsonObject shown, string recordedBy)
    {
        var stored = shown.DeepClone().AsObject();
        stored.Remove("correlation");
        (stored["leaf"], stored["recordedBy"], stored["salt"]) = (EventLeaf.SchemaVersion, recordedBy, SampleEvent.Salts.EventSalt.ToString());
        return SampleEvent.HeadersOf(stored.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), shown["correlation"]!.GetValue<string>()).Committed;
    }

    [Fact]
    public async Task The_documented_script_proves_a_receipt_and_refuses_a_changed_one()
    {
        var script = Regex.Match(Document, "```js\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        using var signer = Ed25519NoteSigner.Generate(Origin);
        Task<string> Run(string receipt) => NodeProcess.RunAsync(
            $"process.argv.push({JsonSerializer.Serialize(signer.VerifierKey.ToString())});"
            + script.Replace("process.exit(1)", "process.exit(0)", StringComparison.Ordinal), receipt);

        foreach (var sample in new[] { SampleEvent.FirstDenial, SampleEvent.Denial })
        {
            // JavaScript's numbers cannot hold the sample's large one, as the document says.
            var denial = sample with { Data = Encoding.UTF8.GetBytes(SampleEvent.Data.Replace("9007199254740993", "9007199254740991", StringComparison.Ordinal)) };
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

            const string Proven = "PROVEN: denial_recorded at position 41 of ledger.example/claims\n";
            var right = Receipt(denial, SampleEvent.Salts);
            (await Run(right)).ShouldBe(Proven);
            var erased = SampleEvent.Erase(denial, SampleEvent.Salts, ["statement", "amount"], ["tags"]);
            var headers = denial.Headers is null ? null : SampleEvent.HeadersOf(
                SampleEvent.StoredHeaders.Replace(SampleEvent.Salts.ToJson(), erased.Salts.ToJson(), StringComparison.Ordinal)).Committed;
            (await Run(Receipt(denial with { Data = erased.Data, Headers = headers }, erased.Salts))).ShouldBe(Proven);

            (await Run(Receipt(denial with { Version = 4 }, SampleEvent.Salts))).ShouldStartWith("REFUSED: the event is not in the signed tree");
            (await Run(Receipt(SampleEvent.WithHeaders(SampleEvent.StoredHeaders, "another") with { Data = denial.Data }, SampleEvent.Salts)))
                .ShouldStartWith("REFUSED: the event is not in the signed tree");
            (await Run(right.Replace("index 40", "index 39", StringComparison.Ordinal))).ShouldStartWith("REFUSED: the proof is of another position");
            (await Run(right.Replace("\n53\n", "\n54\n", StringComparison.Ordinal))).ShouldStartWith("REFUSED: the checkpoint is not signed");
        }
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
