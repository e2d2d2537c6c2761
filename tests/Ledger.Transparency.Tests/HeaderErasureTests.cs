using System.Text;

namespace Ledger.Transparency.Tests;

/// <summary>Tags are made of values of the data. A value erased in the data is removed from the tags too, although there is one commitment to all tags.</summary>
public sealed class HeaderErasureTests
{
    private const string Tags = "tags";

    private static readonly byte[] Leaf = SampleEvent.Leaf(SampleEvent.Denial, SampleEvent.Salts);

    /// <summary>The stored headers after a word was removed from the tags.</summary>
    private static LeafHeaders Pruned(SaltRecord salts) => SampleEvent.HeadersOf(SampleEvent.StoredHeaders
        .Replace(SampleEvent.Salts.ToJson(), salts.ToJson(), StringComparison.Ordinal).Replace(", \"topic:sanctions\"", "", StringComparison.Ordinal));

    private static readonly Dictionary<string, long> By = new() { [CommitmentPath.OfHeader(Tags)] = 57 };

    [Fact]
    public void Tags_that_lost_a_word_leave_the_leaf_as_it_was_and_the_salt_behind()
    {
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, [], [Tags]);
        var read = Pruned(erased.Salts);
        var stored = SampleEvent.Denial with { Headers = read.Committed };

        read.Committed!.Names.ShouldBe(SampleEvent.HeaderNames.Except([Tags]));
        read.Salts.ToJson().ShouldBe(erased.Salts.ToJson());
        erased.Fields.ShouldBeEmpty();
        SampleEvent.Leaf(stored, read.Salts).ShouldBe(Leaf);
        var whole = SampleEvent.Salts.Split(SampleEvent.FieldNames, SampleEvent.HeaderNames);
        erased.Salts.ToJson().ShouldNotContain(SampleEvent.Salts.EventSalt.ToString());
        erased.Salts.ToJson().ShouldNotContain(whole.Headers!.Salts[Tags].ToString());
        erased.Salts.ToJson().ShouldContain(whole.Headers.Salts["traceparent"].ToString());
        EventVerification.AgainstLeaf(stored, read.Salts, Leaf, By).ShouldBeOfType<LeafVerdict.ErasedBy>().Positions.ShouldBe([57]);
    }

    [Fact]
    public void Tags_erased_without_an_erasing_event_in_the_log_count_as_tampering()
    {
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, [], [Tags]);
        var stored = SampleEvent.Denial with { Headers = Pruned(erased.Salts).Committed };
        EventVerification.AgainstLeaf(stored, erased.Salts, Leaf, SampleEvent.By((Tags, 57)))
            .ShouldBeOfType<LeafVerdict.Tampered>().Reason.ShouldContain("header tags");
    }

    [Fact]
    public void A_header_other_than_tags_that_is_marked_as_erased_counts_as_tampering()
    {
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, [], ["onBehalfOf"]);
        var stored = SampleEvent.Denial with { Headers = Pruned(erased.Salts).Committed };
        EventVerification.AgainstLeaf(stored, erased.Salts, Leaf, By).ShouldBeOfType<LeafVerdict.Tampered>();
    }

    [Fact]
    public void Tags_of_a_restored_dump_may_be_present_although_words_were_erased() =>
        EventVerification.AgainstLeaf(SampleEvent.Denial, SampleEvent.Salts, Leaf, By).ShouldBeOfType<LeafVerdict.Intact>();

    [Fact]
    public void Fields_and_tags_go_together_or_one_after_the_other()
    {
        var together = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, ["topics", "party"], [Tags]);
        var first = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, ["topics"], [Tags]);
        var stored = SampleEvent.Denial with { Data = first.Data, Headers = Pruned(first.Salts).Committed };
        var second = SampleEvent.Erase(stored, first.Salts, ["party"], [Tags]);

        second.Salts.ToJson().ShouldBe(together.Salts.ToJson());
        SampleEvent.Leaf(stored with { Data = second.Data }, second.Salts).ShouldBe(Leaf);
    }

    [Fact]
    public void The_headers_that_are_left_are_still_seen_to_change()
    {
        var erased = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, [], [Tags]);
        foreach (var (before, after) in new[] { ("\"russia-mfa\",", "\"russia-mfb\","), ("3331-01", "3331-00"), ("{", "{\"more\": 1,") })
        {
            var json = SampleEvent.StoredHeaders.Replace(SampleEvent.Salts.ToJson(), erased.Salts.ToJson(), StringComparison.Ordinal);
            var changed = SampleEvent.HeadersOf(before == "{" ? after + json[1..] : json.Replace(before, after, StringComparison.Ordinal));
            EventVerification.AgainstLeaf(SampleEvent.Denial with { Headers = changed.Committed }, changed.Salts, Leaf, By).ShouldBeOfType<LeafVerdict.Tampered>(after);
        }
    }

    [Fact]
    public void Salts_of_one_schema_do_not_open_an_event_of_the_other()
    {
        var first = SampleEvent.Erase(SampleEvent.FirstDenial, SampleEvent.Salts, "party");
        var second = SampleEvent.Erase(SampleEvent.Denial, SampleEvent.Salts, "party");
        first.Salts.Headers.ShouldBeNull();
        EventLeaf.TryEncode(SampleEvent.Denial with { Data = first.Data }, first.Salts, out _, out _).ShouldBeFalse();
        EventLeaf.TryEncode(SampleEvent.FirstDenial with { Data = second.Data }, second.Salts, out _, out _).ShouldBeFalse();
        Erasure.TryErase(SampleEvent.Denial.Data, SampleEvent.Denial.Headers, first.Salts, [], [Tags], out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void An_event_of_the_first_schema_is_erased_as_it_always_was()
    {
        var leaf = SampleEvent.Leaf(SampleEvent.FirstDenial, SampleEvent.Salts);
        var erased = SampleEvent.Erase(SampleEvent.FirstDenial, SampleEvent.Salts, ["statement"], [Tags]);
        var stored = SampleEvent.FirstDenial with { Data = erased.Data };
        SampleEvent.Leaf(stored, erased.Salts).ShouldBe(leaf);
        Encoding.UTF8.GetString(erased.Data.Span).ShouldNotContain("statement");
        EventVerification.AgainstLeaf(stored, erased.Salts, leaf, SampleEvent.By(("statement", 57))).ShouldBeOfType<LeafVerdict.ErasedBy>();
    }
}
