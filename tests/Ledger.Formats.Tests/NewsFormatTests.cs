namespace Ledger.Formats.Tests;

public sealed class NewsFormatTests
{
    private const string Versions1To4 = """
        {"uri": "urn:newsml:agency.example:20180803:1", "version": "1", "versioncreated": "2018-08-03T10:00:00Z", "pubstatus": "usable", "type": "text", "language": "en",
         "headline": "Plant makes 500 cars", "body_text": "A plant.", "byline": "J. Doe", "subject": [{"name": "industry"}], "altids": {"slug": "https://agency.example/a/1"},
         "organisation": [{"rel": "publisher", "name": "Agency", "uri": "https://agency.example/"}]}
        {"uri": "urn:newsml:agency.example:20180803:1", "version": "2", "versioncreated": "2018-08-03T11:00:00Z", "pubstatus": "usable", "headline": "Plant makes 400 cars",
         "ednote": "CORRECTS number of cars", "body_text": "A plant.", "organisation": [{"rel": "publisher", "name": "Agency", "uri": "https://agency.example/"}]}
        {"uri": "urn:newsml:agency.example:20180803:1", "version": "3", "versioncreated": "2018-08-03T12:00:00Z", "pubstatus": "canceled", "ednote": "KILL: no plant there",
         "organisation": [{"rel": "publisher", "name": "Agency", "uri": "https://agency.example/"}]}
        {"uri": "urn:newsml:agency.example:20180803:1", "version": "4", "versioncreated": "2018-08-03T13:00:00Z", "pubstatus": "usable", "headline": "Plant makes 400 cars",
         "organisation": [{"rel": "publisher", "name": "Agency", "uri": "https://agency.example/"}]}
        """;

    private readonly NinjsFormat _ninjs = new();
    private readonly NewsMlFormat _newsml = new();

    [Fact]
    public async Task The_versions_of_an_item_become_its_history()
    {
        var records = await _ninjs.ReadAsync(Versions1To4);
        records.ShouldAllBe(r => r.Refusal == null);
        records.SelectMany(r => r.Commands).Where(c => c.Command == "recordClaim").Select(c => c.Body("id")).Distinct().ShouldHaveSingleItem();
        var first = records[0];
        first.Only("recordClaim").Body("proposition").ShouldBe("Plant makes 500 cars");
        first.Only("captureVersion").Body("text").ShouldBe("A plant.");
        first.Only("registerSource").Body("identifiers").ShouldBe("""["urn:newsml:agency.example:20180803:1"]""");
        first.Identities[first.Only("registerSource").Body("id")!].Names.ShouldBe(["urn:newsml:agency.example:20180803:1", "https://agency.example/a/1"]);

        var correction = records[1].Only("correctAssertion");
        (correction.Body("kind"), correction.Body("text"), correction.Body("publishedAt")).ShouldBe(("correction", "CORRECTS number of cars", "2018-08-03T11:00:00Z"));
        correction.Body("changes").ShouldBe("""[{"field":"proposition","before":"Plant makes 500 cars","after":"Plant makes 400 cars"}]""");
        records[1].Commands.Where(c => c is { Command: "captureVersion", IfAbsent: false }).ShouldHaveSingleItem().Body("edition").ShouldBe("version 2");

        records[2].Only("retractAssertion").Body("text").ShouldBe("KILL: no plant there");
        records[2].Commands.ShouldNotContain(c => c.Command == "correctAssertion");
        var back = records[3].Only("withdrawEvent");
        back.WithdrawsOpen.ShouldBe(new(first.Only("recordClaim").Body("id")!, "retraction_issued"));
    }

    [Fact]
    public async Task A_withheld_item_is_restricted_until_it_is_usable_again()
    {
        var records = await _ninjs.ReadAsync($"[{Item(1, "withheld")}, {Item(2, "withheld")}, {Item(3, "usable")}]");
        var hold = records[0].Only("restrictAccess");
        (hold.Body("reason"), hold.Body("source")).ShouldBe(("hold", records[0].Only("registerSource").Body("id")));
        records[1].Commands.ShouldNotContain(c => c.Command == "restrictAccess");
        records[2].Only("withdrawEvent").Withdraws.ShouldBe(hold.Key);
    }

    [Fact]
    public async Task A_version_that_arrives_late_corrects_nothing()
    {
        var records = await _ninjs.ReadAsync($"[{Item(3, "usable", "Third")}, {Item(2, "usable", "Second")}, {Item(3, "usable", "Third")}, {Item(1, "usable", "First")}]");
        records[3].Commands.Select(c => c.Key).ShouldBeSubsetOf(records[0].Commands.Select(c => c.Key));
        records[1].Commands.ShouldNotContain(c => c.Command == "correctAssertion");
        records[1].Unclear.ShouldContain(f => f.Field == "version");
        records[2].Commands.Select(c => c.Key).ShouldBeSubsetOf(records[0].Commands.Select(c => c.Key));
    }

    [Theory]
    [InlineData("""{"uri": "https://a.example/1", "version": "1", "headline": "H", "altids": {"a": "urn:x:1"}}""")]
    [InlineData("""{"uri": "https://a.example/1", "version": "1", "headline_main": "H", "altids": {"a": "urn:x:1"}}""")]
    [InlineData("""{"uri": "https://a.example/1", "version": "1", "headlines": [{"role": "short", "value": "S"}, {"role": "main", "value": "H"}], "altids": [{"role": "a", "value": "urn:x:1"}]}""")]
    [InlineData("""{"uri": "https://a.example/1", "version": 1, "pubStatus": "usable", "headlines": [{"value": "H"}], "altIds": [{"role": "a", "value": "urn:x:1"}]}""")]
    public async Task Every_generation_of_ninjs_is_read(string item)
    {
        var record = await _ninjs.ReadOneAsync(item);
        record.Only("recordClaim").Body("proposition").ShouldBe("H");
        record.Identities[record.Only("registerSource").Body("id")!].Names.ShouldBe(["https://a.example/1", "urn:x:1"]);
        record.Only("captureVersion").Body("publishedAt").ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"version": "1", "headline": "H"}""", "uri")]
    [InlineData("""{"uri": "1234", "headline": "H"}""", "uri")]
    [InlineData("""{"uri": "urn:x:1", "headline": "H"}""", "provider")]
    [InlineData("""{"uri": "https://a.example/1"}""", "headline")]
    [InlineData("""{"uri": "https://a.example/1", "headline": "H", "pubstatus": "spiked"}""", "pubstatus")]
    [InlineData("""{"uri": "https://a.example/1", "headlines": [{"value": "H"}], "pubStatus": "spiked"}""", "pubstatus")]
    [InlineData("[1]", "uri")]
    public async Task An_invalid_item_is_refused_with_the_name_of_the_field(string item, string field) => (await _ninjs.ReadOneAsync(item)).Refusal!.Field.ShouldBe(field);

    [Fact]
    public async Task NewsML_gives_the_same_commands_as_ninjs()
    {
        var records = await _newsml.ReadAsync($"""
            <newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2018-08-03T10:00:00Z</sent></header><itemSet>
            {NewsMl(1, "usable", "First", "")}{NewsMl(2, "usable", "Second", "<signal qcode=\"sig:correction\"/><edNote>Name of the town.</edNote>")}
            {NewsMl(3, "usable", "Second", "<signal qcode=\"sig:update\"/>")}{NewsMl(4, "canceled", "Second", "<edNote>Kill.</edNote>")}
            <conceptItem guid="urn:x:2"/></itemSet></newsMessage>
            """);
        records[0].Only("recordClaim").Body("proposition").ShouldBe("First");
        records[0].Party(records[0].Only("registerSource").Body("publisher")!).ShouldBe("Agency");
        records[0].Only("recordClaim").Body("publishedAt").ShouldBe("2018-08-01");
        var correction = records[1].Only("correctAssertion");
        (correction.Body("kind"), correction.Body("text")).ShouldBe(("correction", "Name of the town."));
        records[2].Only("correctAssertion").Body("kind").ShouldBe("update");
        records[3].Only("retractAssertion").Body("text").ShouldBe("Kill.");
        records[4].Refusal!.Reason.ShouldContain("conceptItem");
    }

    [Fact]
    public async Task Hostile_XML_is_refused()
    {
        const string bomb = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><newsItem guid="urn:x:1">&b;</newsItem>""";
        (await Should.ThrowAsync<ArchiveFormatException>(() => _newsml.ReadAsync(bomb))).Message.ShouldContain("DTD");
        (await Should.ThrowAsync<ArchiveFormatException>(() => _newsml.ReadAsync($"<newsItem>{string.Concat(Enumerable.Repeat("<a>", 10_000))}"))).Message.ShouldContain("nests deeper");
        (await Should.ThrowAsync<ArchiveFormatException>(() => _newsml.ReadAsync(string.Concat(Enumerable.Repeat("<a>", 10_000))))).Message.ShouldContain("nests deeper");
        using var endless = new RepeatedStream("<newsItem guid=\""u8.ToArray(), (byte)'x', 1L << 27);
        (await Should.ThrowAsync<ArchiveFormatException>(() => _newsml.ReadAsync(endless))).Message.ShouldContain("more than 16777216 bytes");
        (await Should.ThrowAsync<ArchiveFormatException>(() => _newsml.ReadAsync("<a/>"))).Message.ShouldContain("no NewsML-G2 item");
        (await Should.ThrowAsync<ArchiveFormatException>(() => _newsml.ReadAsync("{}"))).Message.ShouldContain("cannot be read");
    }

    private static string Item(int version, string status, string headline = "H") =>
        $$"""{"uri": "https://a.example/1", "version": "{{version}}", "pubstatus": "{{status}}", "headline": "{{headline}}"}""";

    private static string NewsMl(int version, string status, string headline, string meta) => $"""
        <newsItem guid="urn:x:1" version="{version}" xml:lang="en"><itemMeta><provider qcode="nprov:Agency"><name>Agency</name></provider>
        <versionCreated>2018-08-0{version}</versionCreated><pubStatus qcode="stat:{status}"/>{meta}</itemMeta><contentMeta><headline>{headline}</headline></contentMeta></newsItem>
        """;
}
