using System.Text;

namespace Ledger.Transparency.Tests;

public sealed class EventReceiptTests : IDisposable
{
    private const string Origin = "ledger.example/claims";
    private const long LogSize = 100;

    private readonly Ed25519NoteSigner signer = Ed25519NoteSigner.FromSeed(Origin, new byte[Ed25519.SeedLength]);
    private readonly MerkleTree tree = new();

    public EventReceiptTests()
    {
        for (var position = 1; position <= LogSize; position++)
        {
            tree.Append(MerkleHashing.Leaf(SampleEvent.Leaf(SampleEvent.Denial with { Position = position }, SampleEvent.Salts)));
        }
    }

    public void Dispose() => signer.Dispose();

    [Fact]
    public async Task A_receipt_proves_its_event_with_nothing_but_origin_and_key()
    {
        var receipt = await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts);
        var read = Parse(receipt.ToBytes());
        read.Verify(Origin, [signer.VerifierKey], out var checkpoint).ShouldBeOfType<LeafVerdict.Intact>();
        checkpoint!.Size.ShouldBe(LogSize);
        read.Event.Stream.ShouldBe("assertion-t20");
        read.ToBytes().ShouldBe(receipt.ToBytes());
        receipt.ToString().ShouldStartWith("c2sp.org/tlog-proof@v1\nextra ");
    }

    [Fact]
    public async Task A_receipt_does_not_show_the_events_salt()
    {
        var receipt = await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts);
        Encoding.UTF8.GetString(receipt.Proof.Extra.Span).ShouldNotContain(SampleEvent.Salts.EventSalt.ToString());
    }

    [Fact]
    public async Task Every_byte_of_a_receipt_matters()
    {
        var bytes = (await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts)).ToBytes();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in new byte[] { 0x01, 0x20 })
            {
                bytes[at] ^= flip;
                IsAccepted(bytes).ShouldBeFalse($"byte {at} flipped by {flip}");
                bytes[at] ^= flip;
            }
        }

        IsAccepted(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_byte_of_the_event_inside_a_receipt_matters()
    {
        var receipt = await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts);
        var extra = receipt.Proof.Extra.ToArray();
        for (var at = 0; at < extra.Length; at++)
        {
            foreach (var flip in new byte[] { 0x01, 0x02, 0x20 })
            {
                extra[at] ^= flip;
                IsAccepted(Encoding.UTF8.GetBytes((receipt.Proof with { Extra = extra }).ToString())).ShouldBeFalse($"byte {at} flipped by {flip}");
                extra[at] ^= flip;
            }
        }
    }

    [Fact]
    public async Task A_receipt_taken_before_an_erasure_stays_valid_and_one_taken_after_it_says_who_erased()
    {
        var before = (await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts)).ToBytes();
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, "statement");
        var by = SampleEvent.By(("statement", 57));
        var after = (await ReceiptOf(SampleEvent.Denial with { Data = erased.Data }, erased.Salts, by)).ToBytes();

        Parse(before).Verify(Origin, [signer.VerifierKey], out _).ShouldBeOfType<LeafVerdict.Intact>();
        Parse(after).Verify(Origin, [signer.VerifierKey], out _).ShouldBeOfType<LeafVerdict.ErasedBy>().Positions.ShouldBe([57]);
        Encoding.UTF8.GetString(Parse(after).Proof.Extra.Span).ShouldNotContain("дословно");
        Parse((await ReceiptOf(SampleEvent.Denial with { Data = erased.Data }, erased.Salts)).ToBytes())
            .Verify(Origin, [signer.VerifierKey], out _).ShouldBeOfType<LeafVerdict.Tampered>();
    }

    [Fact]
    public async Task A_receipt_of_another_log_or_key_or_index_is_refused()
    {
        var receipt = await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts);
        using var other = Ed25519NoteSigner.Generate(Origin);
        receipt.Verify("other.example", [signer.VerifierKey], out _).ShouldBeOfType<LeafVerdict.Tampered>();
        receipt.Verify(Origin, [other.VerifierKey], out var checkpoint).ShouldBeOfType<LeafVerdict.Tampered>();
        checkpoint.ShouldBeNull();

        var moved = Parse(Encoding.UTF8.GetBytes((receipt.Proof with { Index = 41 }).ToString()));
        moved.Verify(Origin, [signer.VerifierKey], out _).ShouldBeOfType<LeafVerdict.Tampered>().Reason.ShouldContain("index 41");
    }

    [Fact]
    public void An_event_that_makes_no_leaf_gets_no_receipt()
    {
        var note = new Checkpoint(Origin, LogSize, tree.Root()).Sign(signer);
        EventReceipt.TryCreate(SampleEvent.WithData("[]"), SampleEvent.Salts, SampleEvent.NoErasures, [], note, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no json")]
    [InlineData("""{"format":"claims-ledger/receipt/v1"}""")]
    [InlineData("""{"format":"claims-ledger/receipt/v2"}""")]
    public async Task A_proof_whose_extra_line_is_something_else_is_no_receipt(string extra)
    {
        var receipt = await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts);
        var text = (receipt.Proof with { Extra = Encoding.UTF8.GetBytes(extra) }).ToString();
        EventReceipt.TryParse(Encoding.UTF8.GetBytes(text), out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_receipt_shows_the_headers_and_after_an_erasure_those_that_are_proven()
    {
        var receipt = Parse((await ReceiptOf(SampleEvent.Denial, SampleEvent.Salts)).ToBytes());
        receipt.Event.Headers!.Names.ShouldBe(SampleEvent.HeaderNames);
        var extra = Encoding.UTF8.GetString(receipt.Proof.Extra.Span);
        extra.ShouldContain("\"tags\":[\"assertion:t20\",\"party:russia-mfa\",\"topic:sanctions\"]");
        extra.ShouldContain("claims-ledger/receipt/v2");

        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, [], ["tags"]);
        var stored = SampleEvent.Denial with
        {
            Headers = SampleEvent.HeadersOf(SampleEvent.StoredHeaders.Replace(SampleEvent.Salts.ToJson(), erased.Salts.ToJson(), StringComparison.Ordinal)).Committed,
        };
        var after = Parse((await ReceiptOf(stored, erased.Salts, new Dictionary<string, long> { [CommitmentPath.OfHeader("tags")] = 57 })).ToBytes());
        after.Verify(Origin, [signer.VerifierKey], out _).ShouldBeOfType<LeafVerdict.ErasedBy>().Positions.ShouldBe([57]);
        Encoding.UTF8.GetString(after.Proof.Extra.Span).ShouldNotContain("assertion:t20");
        Parse((await ReceiptOf(stored, erased.Salts)).ToBytes()).Verify(Origin, [signer.VerifierKey], out _).ShouldBeOfType<LeafVerdict.Tampered>();
    }

    // Both files were made by the version that knew the first schema alone.
    [Theory]
    [InlineData("receipt-schema-1.tlog-proof", false)]
    [InlineData("receipt-schema-1-erased.tlog-proof", true)]
    public void A_receipt_of_the_first_schema_still_verifies_and_is_made_the_same(string file, bool isErased)
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", file));
        var receipt = Parse(bytes);
        receipt.Event.Headers.ShouldBeNull();
        receipt.Verify(Origin, [signer.VerifierKey], out _).ShouldBeOfType(isErased ? typeof(LeafVerdict.ErasedBy) : typeof(LeafVerdict.Intact));

        var tags = new KeyValuePair<string, long>(CommitmentPath.OfHeader("tags"), 58);
        EventReceipt.TryCreate(receipt.Event, receipt.Salts, new Dictionary<string, long>([.. receipt.ErasedBy, tags]), receipt.Proof.Path, receipt.Proof.Checkpoint, out var again, out _)
            .ShouldBeTrue();
        again!.ToBytes().ShouldBe(bytes);
    }

    private bool IsAccepted(byte[] bytes) =>
        EventReceipt.TryParse(bytes, out var receipt, out _)
        && receipt.Verify(Origin, [signer.VerifierKey], out _) is not LeafVerdict.Tampered;

    private async Task<EventReceipt> ReceiptOf(CommittedEvent stored, SaltRecord salts, IReadOnlyDictionary<string, long>? erasedBy = null)
    {
        var path = await MerkleProofs.InclusionAsync(tree, stored.Position - 1, LogSize);
        var note = new Checkpoint(Origin, LogSize, tree.Root()).Sign(signer);
        return EventReceipt.TryCreate(stored, salts, erasedBy ?? SampleEvent.NoErasures, path, note, out var receipt, out var problem)
            ? receipt
            : throw new InvalidDataException(problem);
    }

    private static EventReceipt Parse(byte[] bytes) =>
        EventReceipt.TryParse(bytes, out var receipt, out var problem) ? receipt : throw new InvalidDataException(problem);
}
