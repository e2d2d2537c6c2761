using System.Text.Json;
using Ledger.Testing;
using static Ledger.Server.Tests.Archives.Archive;

namespace Ledger.Server.Tests.Archives;

public class PaperRoundTripTests
{
    private const string Works = """
        {"status": "ok", "message-type": "work-list", "message": {"items": [
          {"DOI": "10.1000/n1", "title": ["Retraction notice"], "publisher": "Gazette Press", "member": "1", "issued": {"date-parts": [[2014, 5]]},
           "update-to": [{"DOI": "10.1000/A", "type": "retraction", "label": "Retraction", "source": "publisher", "updated": {"date-parts": [[2014, 5]]}},
                         {"DOI": "10.1000/a", "type": "retraction", "label": "Retraction", "source": "retraction-watch", "updated": {"date-parts": [[2014, 5, 2]]}, "record-id": 4},
                         {"DOI": "10.1000/elsewhere", "type": "expression_of_concern", "updated": {"date-parts": [[null]]}}]},
          {"DOI": "10.1000/n2", "publisher": "Gazette Press", "member": "1", "update-to": [{"DOI": "10.1000/a", "type": "erratum", "updated": {"date-parts": [[2013]]}}]},
          {"DOI": "10.1000/A", "title": ["A paper"], "publisher": "Gazette Press", "member": "1", "published": {"date-parts": [[2012, 3]]}, "language": "en",
           "author": [{"given": "Ann", "family": "One", "ORCID": "http://orcid.org/0000-0002-1825-0097"}, {"name": "A Consortium"}], "subject": ["Tests"],
           "updated-by": [{"DOI": "10.1000/n1", "type": "retraction", "updated": {"date-parts": [[2014, 5]]}}]},
          {"DOI": "10.1000/B", "title": ["Another"], "publisher": "Somebody", "issued": {"date-parts": [[null]]},
           "updated-by": [{"DOI": "10.1000/t1", "type": "addendum", "updated": {"date-parts": [[2015]]}}, {"DOI": "10.1000/t2", "type": "clarification", "updated": {"date-parts": [[2015]]}},
                          {"DOI": "10.1000/t3", "type": "correction", "updated": {"date-parts": [[2015]]}}, {"DOI": "10.1000/t4", "type": "corrigendum", "updated": {"date-parts": [[2015]]}},
                          {"DOI": "10.1000/t5", "type": "new_edition", "updated": {"date-parts": [[2015]]}}, {"DOI": "10.1000/t6", "type": "new_version", "updated": {"date-parts": [[2016]]}},
                          {"DOI": "10.1000/t7", "type": "partial_retraction", "updated": {"date-parts": [[2016]]}}, {"DOI": "10.1000/t8", "type": "unheard_of", "updated": {"date-parts": [[2016]]}}]},
          {"DOI": "10.1000/C", "title": ["Removed"], "publisher": "Somebody", "updated-by": [{"DOI": "10.1000/t9", "type": "removal", "updated": {"date-parts": [[2016, 2, 30]]}}]},
          {"DOI": "10.1000/D", "title": ["Withdrawn"], "publisher": "Somebody", "updated-by": [{"DOI": "10.1000/t10", "type": "withdrawal", "updated": {"date-parts": [[2016, 2, 3]]}}]},
          {"title": ["No DOI"]}
        ]}}
        """;

    [Fact]
    public async Task Crossref_works_keep_every_type_of_update_through_import_and_export()
    {
        await using var ledger = await RunningLedger.StartAsync();

        var (records, total) = await ImportAsync(ledger, "crossref", Works);

        records.Where(r => Status(r) == "refused").Select(r => r.GetProperty("name").GetString()).ShouldBe(["No DOI"]);
        total.GetProperty("commands").GetProperty("retractAssertion").GetInt64().ShouldBe(4, "asserted twice, recorded once");
        (await LabelAsync(ledger, "10.1000/a")).ShouldBe("retracted");
        (await LabelAsync(ledger, "10.1000/a", "&knownAt=2013-12")).ShouldBe("corrected");
        (await LabelAsync(ledger, "10.1000/a", "&knownAt=2012-12")).ShouldBe("reported");
        (await LabelAsync(ledger, "doi:10.1000/ELSEWHERE")).ShouldBe("concern");
        (await LabelAsync(ledger, "https://doi.org/10.1000/b")).ShouldBe("retracted in part");
        var head = await ledger.SettleAsync();

        var exported = await ledger.Public.GetStringAsync(new Uri("/v1/export?format=crossref", UriKind.Relative));
        var works = JsonElement.Parse(exported).GetProperty("message").GetProperty("items").EnumerateArray().ToDictionary(w => w.GetProperty("DOI").GetString()!);
        works["10.1000/a"].GetProperty("published").GetProperty("date-parts").ToString().ShouldBe("[[2012,3]]");
        works["10.1000/a"].GetProperty("author").GetArrayLength().ShouldBe(2);
        UpdatesOf(works["10.1000/a"]).ShouldBe(["10.1000/n1 retraction", "10.1000/n2 erratum"], ignoreOrder: true);
        UpdatesOf(works["10.1000/b"]).ShouldBe(
        [
            "10.1000/t1 addendum", "10.1000/t2 clarification", "10.1000/t3 correction", "10.1000/t4 corrigendum", "10.1000/t5 new_edition", "10.1000/t6 new_version", "10.1000/t7 partial_retraction",
        ], ignoreOrder: true);
        UpdatesOf(works["10.1000/c"]).ShouldBe(["10.1000/t9 removal"]);
        UpdatesOf(works["10.1000/d"]).ShouldBe(["10.1000/t10 withdrawal"]);

        var (_, again) = await ImportAsync(ledger, "crossref", Works);
        Count(again, "recorded").ShouldBe(0);
        (await ledger.SettleAsync()).ShouldBe(head);
        await SameRetractionFromRetractionWatchAsync(ledger, head);
        await WhatWentOutComesInAgainAsync(exported, works.Count);
    }

    [Fact]
    public async Task Retraction_Watch_rows_are_exported_in_the_columns_of_their_import()
    {
        await using var ledger = await RunningLedger.StartAsync();
        string[] rows =
        [
            Row(1, "Expression of concern", "1/5/2012 0:00", "10.1000/abc", pubMed: "123", reason: "+Concerns/Issues About Data;", notes: "\"Two lines\nof \"\"notes\"\"; and more\""),
            Row(2, "Retraction", "1/7/2014 0:00", "10.1000/abc", pubMed: "123", reason: "+Fake Data;+Plagiarism of Text;"),
            Row(3, "Reinstatement", "2/7/2015 0:00", "10.1000/abc", pubMed: "123", reason: "+Error by Journal/Publisher;"),
            Row(4, "Correction", "2/7/2016 0:00", "10.1000/abc", pubMed: "123", reason: ""),
            Row(5, "Retraction", "12/31/2013 0:00", "10.1000/other", author: "\"One, Ann;Two, Bob\""),
        ];
        var (_, total) = await ImportAsync(ledger, "retraction-watch", Header + string.Concat(rows));
        Count(total, "recorded").ShouldBe(5);
        await ledger.SettleAsync();

        var exported = await ledger.Public.GetStringAsync(new Uri("/v1/export?format=retraction-watch", UriKind.Relative));

        exported.ReplaceLineEndings("\n").ShouldStartWith(Header);
        foreach (var row in rows)
        {
            exported.ReplaceLineEndings("\n").ShouldContain(row.Replace(",+", ",'+", StringComparison.Ordinal), customMessage: exported);
        }

        await using var other = await RunningLedger.StartAsync();
        Count((await ImportAsync(other, "retraction-watch", exported)).Total, "recorded").ShouldBe(5);
        await other.SettleAsync();
        var twice = await other.Public.GetStringAsync(new Uri("/v1/export?format=retraction-watch", UriKind.Relative));
        twice.Split("\r\n").Order().ShouldBe(exported.Split("\r\n").Order());
    }

    private static async Task SameRetractionFromRetractionWatchAsync(RunningLedger ledger, long head)
    {
        var (records, _) = await ImportAsync(ledger, "retraction-watch", Header + Row(4, "Retraction", "5/2/2014 0:00", "10.1000/a", publisher: "Gazette (as another names it)"));
        Status(records.Single()).ShouldBe("present");
        (await ledger.SettleAsync()).ShouldBe(head);
        var (reinstated, _) = await ImportAsync(ledger, "retraction-watch", Header + Row(9, "Reinstatement", "5/2/2016 0:00", "10.1000/a"));
        Status(reinstated.Single()).ShouldBe("recorded", "the retraction that Crossref told is withdrawn");
        (await LabelAsync(ledger, "10.1000/a")).ShouldBe("corrected");
    }

    private static async Task WhatWentOutComesInAgainAsync(string exported, int works)
    {
        await using var other = await RunningLedger.StartAsync();
        var (records, total) = await ImportAsync(other, "crossref", exported);
        Count(total, "recorded").ShouldBe(works, records.FirstOrDefault(r => Status(r) != "recorded").ToString());
        await other.SettleAsync();
        var again = JsonElement.Parse(await other.Public.GetStringAsync(new Uri("/v1/export?format=crossref", UriKind.Relative))).GetProperty("message").GetProperty("items").EnumerateArray();
        again.Select(w => w.ToString()).Order().ShouldBe(JsonElement.Parse(exported).GetProperty("message").GetProperty("items").EnumerateArray().Select(w => w.ToString()).Order());
    }

    private static IEnumerable<string> UpdatesOf(JsonElement work) => work.GetProperty("updated-by").EnumerateArray().Select(u => $"{u.GetProperty("DOI")} {u.GetProperty("type")}");

    private static async Task<string> LabelAsync(RunningLedger ledger, string url, string more = "") =>
        (await ledger.GetAsync($"/v1/status?url={Uri.EscapeDataString(url)}{more}")).Body.GetProperty("documents")[0].GetProperty("assertions")[0].GetProperty("label").GetString()!;
}
