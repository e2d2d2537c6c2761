using Ledger.Testing;
using Ledger.Transparency;

namespace Ledger.Cli.Tests;

public class KeyRotationTests
{
    private const string Origin = "ledger.example/log";

    [Fact]
    public async Task A_signing_key_is_replaced_by_signing_with_both_for_a_while()
    {
        using var former = Ed25519NoteSigner.Generate(Origin);
        await using var database = await TestDatabase.CreateAsync(model: Server.LedgerModel.Schema);
        var data = Directory.CreateTempSubdirectory("ledger-rotation-").FullName;
        using var cli = new Cli();
        var file = Path.Combine(data, "next-key");
        var (made, printed) = await cli.RunAsync("new-key", Origin, "--output", file);
        made.ShouldBe(ExitCodes.Ok);
        using var next = Ed25519NoteSigner.TryParse((await File.ReadAllTextAsync(file)).Trim(), out var signer, out var problem) ? signer : throw new InvalidOperationException(problem);
        next.VerifierKey.ToString().ShouldBe(printed.Trim());

        await using (var ledger = await StartAsync(database, data, former.ExportSecret()))
        {
            await ledger.RecordBasicsAsync();
            await SignedAsync(ledger, 4);
            (await cli.RunAsync("witness", "--url", ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        }

        await using (var ledger = await StartAsync(database, data, $"{former.ExportSecret()} {next.ExportSecret()}"))
        {
            await ledger.RecordClaimAsync("c1");
            await SignedAsync(ledger, 5);
            (await cli.RunAsync("witness", "--url", ledger.BaseAddress.ToString())).Exit.ShouldBe(ExitCodes.Ok, "the former key still signs");
            (await cli.RunAsync("witness", "--url", ledger.BaseAddress.ToString(), "--verifier-key", next.VerifierKey.ToString())).Exit.ShouldBe(ExitCodes.Ok);
        }

        await using (var ledger = await StartAsync(database, data, next.ExportSecret()))
        {
            await ledger.RecordClaimAsync("c2");
            await SignedAsync(ledger, 6);
            var (exit, report) = await cli.VerifyAsync(ledger);
            exit.ShouldBe(ExitCodes.Ok, report.ToString());
            report.GetProperty("consistentWith").GetInt64().ShouldBe(5, "the head before the change is contained in the one after it");
            using var unprepared = new Cli();
            (await unprepared.RunAsync("witness", "--url", ledger.BaseAddress.ToString(), "--verifier-key", former.VerifierKey.ToString())).Exit.ShouldBe(ExitCodes.Tampered);
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task The_signing_key_is_made_for_its_user_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var data = Directory.CreateTempSubdirectory("ledger-key-").FullName;
        await using (await StartAsync(await TestDatabase.CreateAsync(model: Server.LedgerModel.Schema), data, null))
        {
            var file = Directory.EnumerateFiles(data, "signing-key", SearchOption.AllDirectories).ShouldHaveSingleItem();
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.Delete(data, recursive: true);
    }

    private static Task<RunningLedger> StartAsync(TestDatabase database, string data, string? keys) => RunningLedger.StartAsync(database, new Dictionary<string, string?>
    {
        ["Ledger:DataDirectory"] = data,
        ["Ledger:Origin"] = Origin,
        ["Ledger:SigningKey"] = keys,
    });

    private static async Task SignedAsync(RunningLedger ledger, long position) =>
        (await ledger.Http.GetAsync(new Uri($"/v1/proofs/{position}", UriKind.Relative))).EnsureSuccessStatusCode();
}
