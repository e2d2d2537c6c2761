using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Ledger.Testing;
using static Ledger.Server.Tests.Archives.Archive;

namespace Ledger.Server.Tests.Archives;

public class RetractionWatchTests
{
    private static readonly string Traps = Header
        + Row(5, "Reinstatement", "3/3/2016 0:00", "https://doi.org/10.1000/ABC", reason: "Notice Updated;")                                     // in no order, DOI as an address
        + Row(1, "Expression of concern", "1/5/2012 0:00", "10.1000/abc", pubMed: "0123")
        + Row(3, "Retraction", "1/7/2014 0:00", "doi:10.1000/Abc", pubMed: "unavailable", reason: "+Fake Data; Plagiarism;", author: "\"One, Ann; Two, \"\"Bob\"\"\"")
        + Row(2, "Correction", "1/6/2013 0:00", "10.1000/abc")
        + Row(7, "Retraction", "1/1/2015 0:00", "0", title: "\"A paper, of two lines\nwith no identifier\"")
        + Row(8, "Retraction", "", "unavailable", title: "The same title", published: "")
        + Row(9, "Retraction", "1/1/2015 0:00", "", title: "The same title", publisher: "")
        + Row(10, "Correction", "1/1/2020 0:00", "10.1000/retracted")                                                                              // newest, and decides nothing
        + Row(11, "Retraction", "1/1/2018 0:00", "10.1000/retracted")
        + Row(12, "Expression of concern", "1/1/2017 0:00", "10.1000/retracted")
        + Row(13, "Withdrawn", "1/1/2017 0:00", "10.1000/other")
        + Row(0, "Reinstatement", "1/1/2017 0:00", "10.1000/never-retracted")
        + "14,too few cells\n"
        + Row(15, "Retraction", "13/45/2017", "10.1000/bad-date")
        + Row(16, "Expression of concern", "1/1/2019", "", pubMed: "123", title: "Known by its PubMed id alone");                                   // the paper of 1, 2, 3 and 5

    private static byte[] TrapBytes => [.. Encoding.UTF8.GetBytes(Traps), .. "17,Caf"u8, 0xE9, .. Encoding.UTF8.GetBytes(Row(17, "Retraction", "1/1/2019", "10.1000/latin")[8..])];

    [Fact]
    public async Task Every_trap_of_the_public_file_is_recorded_present_or_refused_and_standings_are_right_in_any_order()
    {
        await using var ledger = await RunningLedger.StartAsync();
        var (planned, plan) = await ImportAsync(ledger.Http, "retraction-watch", TrapBytes, "&plan=true");
        (await ledger.SettleAsync()).ShouldBe(0);

        var (records, total) = await ImportAsync(ledger.Http, "retraction-watch", TrapBytes);

        var head = await ledger.SettleAsync();
        string NameOf(JsonElement a) => a.GetProperty("name").GetString()!.Split(' ')[0];
        records.Where(a => Status(a) == "refused").Select(NameOf).Order().ShouldBe(["0", "10", "13", "14"]);
        records.Where(a => Status(a) == "refused").ShouldAllBe(a => a.GetProperty("problems")[0].GetProperty("reason").GetString()!.Length > 0);
        Count(total, "recorded").ShouldBe(12);
        total.GetProperty("commands").GetProperty("retractAssertion").GetInt64().ShouldBe(7);
        plan.GetProperty("commands").GetProperty("registerSource").GetInt64().ShouldBe(total.GetProperty("commands").GetProperty("registerSource").GetInt64());
        records.Single(a => NameOf(a) == "8").GetProperty("unclear").GetArrayLength().ShouldBe(3, "no identifier and two unknown dates");
        records.Single(a => NameOf(a) == "17").GetProperty("unclear").ToString().ShouldContain("UTF-8");

        (await LabelAsync(ledger, "https://doi.org/10.1000/ABC")).ShouldBe("concern", "the retraction was withdrawn, the concern was not");
        (await LabelAsync(ledger, "doi:10.1000/retracted")).ShouldBe("retracted", "a newer correction does not decide");
        (await LabelAsync(ledger, "10.1000/BAD-date")).ShouldBe("retracted");

        var (again, second) = await ImportAsync(ledger.Http, "retraction-watch", TrapBytes);
        Count(second, "recorded").ShouldBe(0);
        Count(second, "present").ShouldBe(12, string.Join('\n', again.Where(a => Status(a) == "refused")));
        (await ledger.SettleAsync()).ShouldBe(head);

        var (changed, _) = await ImportAsync(ledger, "retraction-watch", Header + Row(11, "Retraction", "1/1/2018 0:00", "10.1000/retracted", reason: "+Another Reason;"));
        changed.Single().GetProperty("problems")[0].GetProperty("reason").GetString()!.ShouldContain("other content");

        await KnownAtThreeMomentsAsync(ledger);
        await SameThingUnderAnotherIdAsync(ledger);
        await HostileInputAsync(ledger);
    }

    private static async Task KnownAtThreeMomentsAsync(RunningLedger ledger)
    {
        (await LabelAsync(ledger, "10.1000/abc", "&knownAt=2011")).ShouldBe("reported");
        (await LabelAsync(ledger, "10.1000/abc", "&knownAt=2012-06")).ShouldBe("concern");
        (await LabelAsync(ledger, "10.1000/abc", "&knownAt=2015-01-01")).ShouldBe("retracted");
        (await LabelAsync(ledger, "10.1000/abc", "&knownAt=2017")).ShouldBe("concern");
        (await ledger.GetAsync("/v1/status?url=10.1000/abc&knownAt=2009")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ledger.GetAsync("/v1/status?url=10.1000/abc&asOf=0")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>A paper that was entered before under another id is found by its identifier, and its own publisher issues the notices.</summary>
    private static async Task SameThingUnderAnotherIdAsync(RunningLedger ledger)
    {
        await ledger.RecordBasicsAsync();
        await ledger.RecordAsync("/v1/sources", """{"id": "typed-in", "kind": "article", "title": "Typed in", "publisher": "gazette", "identifiers": ["https://dx.doi.org/10.1000/TYPED"]}""");
        var (answers, total) = await ImportAsync(ledger, "retraction-watch", Header + Row(20, "Retraction", "1/1/2018 0:00", "10.1000/typed", publisher: "Another Name") + Row(21, "Correction", "1/1/2017 0:00", "10.1000/typed"));

        Count(total, "recorded").ShouldBe(2, answers[0].ToString());
        total.GetProperty("commands").TryGetProperty("registerSource", out _).ShouldBeFalse();
        total.GetProperty("commands").TryGetProperty("recordParty", out _).ShouldBeFalse();
        var (_, status) = await ledger.GetAsync("/v1/status?url=doi:10.1000/typed");
        status.GetProperty("documents")[0].GetProperty("source").GetString().ShouldBe("typed-in");
        status.GetProperty("documents")[0].GetProperty("assertions")[0].GetProperty("label").GetString().ShouldBe("retracted");
    }

    private static async Task HostileInputAsync(RunningLedger ledger)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Header + Row(30, "Retraction", "1/1/2018 0:00", "10.1000/gzip")));
        }

        (await ImportAsync(ledger.Http, "retraction-watch", packed.ToArray())).Records.Single().GetProperty("status").GetString().ShouldBe("recorded");

        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Header));
            var blank = new byte[1 << 20];
            Array.Fill(blank, (byte)'\n');
            for (var i = 0; i < 80; i++)
            {
                await gzip.WriteAsync(blank);
            }
        }

        (await RefusalAsync(ledger, bomb.ToArray())).ShouldContain("gzip");
        (await RefusalAsync(ledger, [.. Encoding.UTF8.GetBytes(Header), .. Enumerable.Repeat((byte)'a', 20 << 20)])).ShouldContain("at most");
        (await RefusalAsync(ledger, "Title,Date\n"u8.ToArray())).ShouldContain("Record ID");
    }

    private static async Task<string> RefusalAsync(RunningLedger ledger, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        var response = await ledger.Http.PostAsync(new Uri("/v1/import?format=retraction-watch", UriKind.Relative), content);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<string> LabelAsync(RunningLedger ledger, string url, string more = "")
    {
        var (response, status) = await ledger.GetAsync($"/v1/status?url={Uri.EscapeDataString(url)}{more}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, status.ToString());
        return status.GetProperty("documents")[0].GetProperty("assertions")[0].GetProperty("label").GetString()!;
    }
}
