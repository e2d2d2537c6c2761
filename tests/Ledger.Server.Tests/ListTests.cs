using System.Text.Json;
using Ledger.Testing;

namespace Ledger.Server.Tests;

/// <summary>One ledger that all reading tests share. None of them writes.</summary>
public sealed class ListedLedger : IAsyncLifetime
{
    public RunningLedger Ledger { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Ledger = await RunningLedger.StartAsync();
        await Ledger.RecordBasicsAsync();
        await Ledger.RecordAsync("/v1/parties", """{"id": "herald", "name": "The Herald", "kind": "publisher"}""");
        await Ledger.RecordAsync("/v1/sources", """{"id": "leader", "kind": "article", "title": "A leader", "publisher": "herald"}""");
        await Ledger.RecordAsync("/v1/sources/leader/versions", """{"edition": "online", "publishedAt": "2018-08-05", "seen": true}""");
        await Ledger.RecordClaimAsync("a-plain");
        await Ledger.RecordClaimAsync("a-denied");
        await Ledger.RecordClaimAsync("a-corrected", "Le café du Théâtre à GENÈVE", """, "topics": ["permits"], "scope": {"from": "2017", "to": "2018-06"}""");
        await Ledger.RecordClaimAsync("a-retracted");
        await Ledger.RecordAsync("/v1/assertions", """
            {"id": "b-herald", "proposition": "Straße and İstanbul", "source": {"id": "leader", "version": 1}, "attribution": [], "topics": ["permits", "Züge"], "scope": {"from": "2018-07"}}
            """);
        await Ledger.DenyAsync("a-denied", "Nothing of the sort");
        await Ledger.RecordAsync("/v1/assertions/a-corrected/corrections",
            """{"publisher": "gazette", "text": "T", "reason": "r", "citation": "c", "changes": [{"field": "modality", "before": "asserted", "after": "hedged"}]}""");
        await Ledger.RecordAsync("/v1/assertions/a-retracted/retraction", """{"publisher": "gazette", "text": "T", "reason": "r", "citation": "c"}""");
    }

    public async Task DisposeAsync() => await Ledger.DisposeAsync();
}

public sealed class ListTests(ListedLedger fixture) : IClassFixture<ListedLedger>
{
    [Theory]
    [InlineData("", "a-retracted a-corrected a-denied b-herald a-plain")]
    [InlineData("order=-changed", "a-retracted a-corrected a-denied b-herald a-plain")]
    [InlineData("order=changed", "a-plain b-herald a-denied a-corrected a-retracted")]
    [InlineData("source=leader", "b-herald")]
    [InlineData("source=nowhere", "")]
    [InlineData("publisher=gazette", "a-retracted a-corrected a-denied a-plain")]
    [InlineData("publisher=herald&source=leader", "b-herald")]
    [InlineData("party=herald", "b-herald")]
    [InlineData("party=ministry&label=denied", "a-denied")]
    [InlineData("topic=permits", "a-corrected b-herald")]
    [InlineData("topic=Z%C3%BCge", "b-herald")]
    [InlineData("label=denied", "a-denied")]
    [InlineData("label=corrected", "a-corrected")]
    [InlineData("label=retracted", "a-retracted")]
    [InlineData("label=reported", "b-herald a-plain")]
    [InlineData("label=concern", "")]
    [InlineData("flag=contested", "a-denied")]
    [InlineData("flag=unattributed", "b-herald")]
    [InlineData("lifecycle=corrected", "a-corrected")]
    [InlineData("lifecycle=retracted", "a-retracted")]
    [InlineData("q=cafe", "a-corrected")]
    [InlineData("q=CAF%C3%89%20geneve", "a-corrected")]
    [InlineData("q=th%C3%A9%C3%A2tre", "a-corrected")]
    [InlineData("q=istanbul", "b-herald")]
    [InlineData("q=stra%C3%9Fe", "b-herald")]
    [InlineData("q=zuge", "b-herald")]
    [InlineData("q=nothing%20sort", "a-denied")]
    [InlineData("q=cafe%20nothing", "")]
    [InlineData("validAt=2017-05", "a-corrected")]
    [InlineData("validAt=2018-06", "a-corrected")]
    [InlineData("validAt=2018", "a-corrected b-herald")]
    [InlineData("validAt=2020", "b-herald")]
    [InlineData("validAt=1999", "")]
    public async Task A_list_gives_what_its_filters_name_in_order(string query, string ids) =>
        string.Join(' ', await fixture.Ledger.ListAsync(query)).ShouldBe(ids);

    [Theory]
    [InlineData("order=changed")]
    [InlineData("order=-changed")]
    [InlineData("publisher=gazette")]
    public async Task Pages_of_any_size_give_the_whole_list_once(string query)
    {
        var whole = await fixture.Ledger.ListAsync(query);
        foreach (var limit in new[] { 1, 2, 3 })
        {
            (await PagesAsync(query, limit)).ShouldBe(whole);
        }
    }

    [Fact]
    public async Task A_list_of_the_past_gives_the_states_of_the_past()
    {
        var ledger = fixture.Ledger;
        var history = (await ledger.ReadAsync("/v1/assertions/a-denied/history")).GetProperty("entries");
        var before = history[1].GetProperty("position").GetInt64() - 1;

        (await ledger.ReadAsync($"/v1/assertions?asOf={before}&label=denied")).Ids().ShouldBeEmpty();
        (await ledger.ReadAsync($"/v1/assertions?asOf={before}&label=reported&order=changed")).Ids()
            .ShouldBe(["a-plain", "a-denied", "a-corrected", "a-retracted", "b-herald"]);
    }

    [Fact]
    public async Task Every_read_says_at_which_position_it_was_read_and_gives_the_same_bytes_there_again()
    {
        foreach (var path in new[] { "/v1/assertions", "/v1/assertions/a-denied", "/v1/assertions/a-denied/history", "/v1/sources", "/v1/sources/leader", "/v1/parties", "/v1/parties/ministry" })
        {
            using var first = await fixture.Ledger.Public.GetAsync(new Uri(path, UriKind.Relative));
            var position = first.Headers.GetValues("Ledger-Position").Single();

            using var again = await fixture.Ledger.Public.GetAsync(new Uri($"{path}?asOf={position}", UriKind.Relative));

            (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync(), path);
        }
    }

    [Fact]
    public async Task A_HEAD_answers_like_a_GET_without_a_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/v1/assertions/a-denied");
        using var response = await fixture.Ledger.Public.SendAsync(request);

        response.IsSuccessStatusCode.ShouldBeTrue();
        response.Headers.ETag!.Tag.ShouldBe("\"2\"");
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sources_are_listed_by_publisher_and_shown_with_their_versions()
    {
        (await fixture.Ledger.ReadAsync("/v1/sources")).Ids().ShouldBe(["report", "leader"]);
        (await fixture.Ledger.ReadAsync("/v1/sources?publisher=herald")).Ids().ShouldBe(["leader"]);
        var source = await fixture.Ledger.ReadAsync("/v1/sources/report");
        source.GetProperty("versions")[0].GetProperty("publishedAt").GetProperty("value").GetString().ShouldBe("2018-08-04");
        (await fixture.Ledger.ReadAsync("/v1/sources/report/versions")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_party_is_shown_with_its_statements_and_the_reactions_to_them()
    {
        var party = await fixture.Ledger.ReadAsync("/v1/parties/ministry");

        party.GetProperty("name").GetString().ShouldBe("The Ministry");
        party.GetProperty("said").EnumerateArray().ShouldContain(s =>
            s.GetProperty("assertion").GetString() == "a-denied" && s.GetProperty("position").GetProperty("stance").GetString() == "denies");
        (await fixture.Ledger.ReadAsync("/v1/parties/gazette")).GetProperty("saidOf").EnumerateArray().ShouldContain(s =>
            s.GetProperty("position").GetProperty("stance").GetString() == "denies");
    }

    private async Task<List<string>> PagesAsync(string query, int limit)
    {
        var ids = new List<string>();
        JsonElement page = default;
        do
        {
            var cursor = page.ValueKind == JsonValueKind.Undefined ? "" : $"&cursor={page.GetProperty("next").GetString()}";
            page = await fixture.Ledger.ReadAsync($"/v1/assertions?{query}&limit={limit}{cursor}");
            ids.AddRange(page.Ids());
        }
        while (page.TryGetProperty("next", out _));
        return ids;
    }
}
