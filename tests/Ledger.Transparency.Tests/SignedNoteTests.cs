using System.Text;

namespace Ledger.Transparency.Tests;

public sealed class SignedNoteTests
{
    // The example of C2SP signed-note.
    private const string ExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private const string ExampleNote =
        "This is an example message.\n\n"
        + "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    [Fact]
    public void The_example_of_the_specification_verifies()
    {
        var note = Parse(ExampleNote);
        note.Text.ShouldBe("This is an example message.\n");
        note.Signatures.ShouldHaveSingleItem().KeyId.ShouldBe(0x530d903au);
        note.IsSignedBy([Key(ExampleKey)], out _).ShouldBeTrue();
        note.ToString().ShouldBe(ExampleNote);
        Key(ExampleKey).ToString().ShouldBe(ExampleKey);
    }

    [Fact]
    public void Every_byte_of_a_signed_note_matters()
    {
        var bytes = Encoding.UTF8.GetBytes(ExampleNote);
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                bytes[i] ^= (byte)(1 << bit);
                (SignedNote.TryParse(bytes, out var note, out _) && note.IsSignedBy([Key(ExampleKey)], out _))
                    .ShouldBeFalse($"bit {bit} of byte {i}");
                bytes[i] ^= (byte)(1 << bit);
            }
        }
    }

    [Fact]
    public void A_text_with_empty_lines_and_other_scripts_is_split_at_its_last_empty_line()
    {
        using var signer = Ed25519NoteSigner.Generate("ledger.example/é");
        const string Text = "Ωραία\n\n— not a signature\n\nend\n";
        var note = Parse(SignedNote.Sign(Text, signer).ToString());
        note.Text.ShouldBe(Text);
        note.IsSignedBy([signer.VerifierKey], out _).ShouldBeTrue();
    }

    [Fact]
    public void Signatures_of_unknown_keys_are_ignored_and_do_not_suffice()
    {
        using var known = Ed25519NoteSigner.Generate("ledger.example");
        using var stranger = Ed25519NoteSigner.Generate("ledger.example");
        var note = Parse(SignedNote.Sign("a\n", stranger, known).ToString());
        note.IsSignedBy([known.VerifierKey], out _).ShouldBeTrue();
        Parse(SignedNote.Sign("a\n", stranger).ToString()).IsSignedBy([known.VerifierKey], out var problem).ShouldBeFalse();
        problem.ShouldBe("No signature is by a known key.");
        note.IsSignedBy([], out _).ShouldBeFalse();
    }

    [Fact]
    public void One_wrong_signature_of_a_known_key_condemns_the_note()
    {
        using var first = Ed25519NoteSigner.Generate("one.example");
        using var second = Ed25519NoteSigner.Generate("two.example");
        var right = SignedNote.Sign("a\n", first).ToString();
        var wrong = SignedNote.Sign("b\n", second).ToString()["b\n\n".Length..];
        Parse(right + wrong).IsSignedBy([first.VerifierKey], out _).ShouldBeTrue();
        Parse(right + wrong).IsSignedBy([first.VerifierKey, second.VerifierKey], out var problem).ShouldBeFalse();
        problem!.ShouldContain("two.example");
    }

    [Fact]
    public void Sixteen_signatures_are_read_and_too_many_are_refused()
    {
        using var signer = Ed25519NoteSigner.Generate("ledger.example");
        var line = SignedNote.Sign("a\n", signer).ToString()["a\n\n".Length..];
        string Repeat(int count) => "a\n\n" + string.Concat(Enumerable.Repeat(line, count));
        Parse(Repeat(16)).Signatures.Count.ShouldBe(16);
        Parse(Repeat(SignedNote.SignatureCountMax)).IsSignedBy([signer.VerifierKey], out _).ShouldBeTrue();
        SignedNote.TryParse(Encoding.UTF8.GetBytes(Repeat(SignedNote.SignatureCountMax + 1)), out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\n")]
    [InlineData("a\n\n")]
    [InlineData("a\n\n— k AAAAAAA=")]
    [InlineData("a\n\n- k AAAAAAA=\n")]
    [InlineData("a\n\n— k\n")]
    [InlineData("a\n\n— k AAAA\n")]
    [InlineData("a\n\n— k AAAAAAB=\n")]
    [InlineData("a\n\n— k AAAAAAA\n")]
    [InlineData("a\n\n— k  AAAAAAA=\n")]
    [InlineData("a\n\n— k+ AAAAAAA=\n")]
    [InlineData("a\n\n— k\u00a0j AAAAAAA=\n")]
    [InlineData("a\n\n—  AAAAAAA=\n")]
    [InlineData("a\r\n\n— k AAAAAAA=\n")]
    [InlineData("a\n\n— k AAAAAAA=\n\n")]
    public void What_is_not_a_note_is_refused(string text)
    {
        SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_no_note() =>
        SignedNote.TryParse([0xff, .. Encoding.UTF8.GetBytes(ExampleNote)], out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("no newline")]
    [InlineData("a tab\t\n")]
    [InlineData("")]
    public void A_text_that_cannot_be_a_note_is_a_mistake_of_the_signer(string text)
    {
        using var signer = Ed25519NoteSigner.Generate("ledger.example");
        Should.Throw<ArgumentException>(() => SignedNote.Sign(text, signer));
    }

    [Theory]
    [InlineData("example.com/foo+530d903a")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=")]
    [InlineData("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+")]
    public void What_is_not_a_verifier_key_is_refused(string text)
    {
        VerifierKey.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void A_signing_key_survives_its_text_form_whatever_pluses_its_base64_has()
    {
        for (byte start = 0; start < 64; start++)
        {
            using var signer = Ed25519NoteSigner.FromSeed("ledger.example", [.. Enumerable.Repeat((byte)(start * 4 | 3), Ed25519.SeedLength)]);
            Ed25519NoteSigner.TryParse(signer.ExportSecret(), out var again, out _).ShouldBeTrue();
            using (again)
            {
                again!.VerifierKey.ShouldBe(signer.VerifierKey);
                Key(signer.VerifierKey.ToString()).ShouldBe(signer.VerifierKey);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRIVATE+KEY+example.com/log/testdata+33d7b497+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg")]
    [InlineData("PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3c=")]
    [InlineData("PRIVATE+KEY+example.com/log/testdata+33d7b496+AuymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg")]
    public void What_is_not_a_signing_key_is_refused_without_repeating_it(string text)
    {
        Ed25519NoteSigner.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem!.ShouldNotContain("ymY/SZAX0jZcJ8enZ5");
    }

    [Fact]
    public async Task A_checkpoint_made_here_verifies_in_node()
    {
        using var signer = Ed25519NoteSigner.Generate("ledger.example/claims");
        var note = new Checkpoint("ledger.example/claims", 3, MerkleHashing.EmptyRoot).Sign(signer).ToString();

        // Written from the specification: key id, signature and public key are taken apart in JavaScript.
        const string Script = """
            const crypto = require('crypto');
            const [vkey, ...lines] = require('fs').readFileSync(0, 'utf8').split('\n');
            const note = lines.join('\n');
            const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
            const [, name, base64] = /— (\S+) (\S+)\n$/.exec(note);
            const [, keyName, keyId, material] = /^([^+]*)\+([^+]*)\+(.*)$/.exec(vkey);
            const key = Buffer.from(material, 'base64'), signed = Buffer.from(base64, 'base64');
            const id = crypto.createHash('sha256').update(Buffer.concat([Buffer.from(name + '\n'), key])).digest('hex').slice(0, 8);
            const publicKey = crypto.createPublicKey({ format: 'jwk',
              key: { kty: 'OKP', crv: 'Ed25519', x: key.subarray(1).toString('base64url') } });
            const check = body => crypto.verify(null, Buffer.from(body), publicKey, signed.subarray(4));
            console.log([name === keyName, id === keyId, signed.subarray(0, 4).toString('hex') === keyId,
              check(text), check(text.replace('3', '4'))].join(' '));
            """;
        var answer = await NodeProcess.RunAsync(Script, signer.VerifierKey + "\n" + note);
        answer.Trim().ShouldBe("true true true true false");
    }

    private static SignedNote Parse(string text) =>
        SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out var note, out var problem) ? note : throw new InvalidDataException(problem);

    private static VerifierKey Key(string text) =>
        VerifierKey.TryParse(text, out var key, out var problem) ? key : throw new InvalidDataException(problem);
}
