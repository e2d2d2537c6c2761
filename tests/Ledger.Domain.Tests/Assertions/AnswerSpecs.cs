using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class AnswerSpecs
{
    private static AnswerAction Answer { get; } = new() { Request = EventId(2), By = Publisher, Outcome = Outcome.Declined, Note = "We stand by it." };

    private static ActionAnswered Answered { get; } = new() { Request = EventId(2), By = Publisher, Outcome = Outcome.Declined, Note = "We stand by it." };

    private static AnswerAction AnswerUpstream { get; } = new() { Upstream = 102, By = Publisher, Outcome = Outcome.Updated };

    private static ActionAnswered UpstreamAnswered { get; } = new() { Upstream = 102, By = Publisher, Outcome = Outcome.Updated };

    [Theory]
    [InlineData(Outcome.Declined)]
    [InlineData(Outcome.Agreed)]
    [InlineData(Outcome.Replied)]
    [InlineData(Outcome.Removed)]
    public void A_request_is_answered(Outcome outcome) => Given(Claim, Requested)
        .When(Answer with { Outcome = outcome })
        .Then(Answered with { Outcome = outcome })
        .State.Entries.Find(EventId(2))!.How.ShouldBe(Closing.Answered);

    [Fact]
    public void An_upstream_change_is_answered_by_its_own_position_or_by_that_of_its_cause()
    {
        Given(Claim, Upstream).When(AnswerUpstream).Then(UpstreamAnswered).State.Entries.Standing<UpstreamChanged>().ShouldBeEmpty();
        Given(Claim, Upstream).When(AnswerUpstream with { Upstream = 41 }).Then(UpstreamAnswered);
    }

    [Theory]
    [InlineData(Outcome.Declined)]
    [InlineData(Outcome.Agreed)]
    [InlineData(Outcome.Replied)]
    public void The_outcome_for_an_upstream_change_is_updated_noted_removed_or_rejected(Outcome outcome) =>
        Given(Claim, Upstream).When(AnswerUpstream with { Outcome = outcome }).ThenRefused(RefusalCode.Invalid, "outcome");

    [Fact]
    public void An_upstream_change_cannot_be_answered_like_a_request() =>
        Given(Claim, Upstream).When(Answer with { Request = EventId(2) }).ThenRefused(RefusalCode.NotOpen, "request");

    [Fact]
    public void An_answer_names_a_request_or_an_upstream_change_and_not_both()
    {
        Given(Claim, Requested).When(Answer with { Request = null }).ThenRefused(RefusalCode.Invalid, "request");
        Given(Claim, Requested).When(Answer with { Upstream = 102 }).ThenRefused(RefusalCode.Invalid, "request");
    }

    [Fact]
    public void Only_requests_and_upstream_changes_are_answered()
    {
        Given(Claim, Denial).When(Answer).ThenRefused(RefusalCode.NotOpen, "request");
        Given(Claim).When(Answer).ThenRefused(RefusalCode.NotOpen, "request");
        Given(Claim).When(AnswerUpstream).ThenRefused(RefusalCode.NotOpen, "upstream");
    }

    [Fact]
    public void The_same_answer_again_appends_nothing() => Given(Claim, Requested, Answered).When(Answer).ThenNothing();

    [Fact]
    public void A_later_answer_may_follow_the_first()
    {
        var agreed = Answered with { Outcome = Outcome.Agreed };
        var state = Given(Claim, Requested, agreed).When(Answer with { Outcome = Outcome.Updated }).Then(Answered with { Outcome = Outcome.Updated }).State;
        ((ActionAnswered)state.Entries.Find(EventId(2))!.ClosedBy!.Event).Outcome.ShouldBe(Outcome.Updated);
    }

    [Fact]
    public void A_later_answer_to_an_upstream_change_may_follow_the_first() =>
        Given(Claim, Upstream, UpstreamAnswered with { Outcome = Outcome.Noted }).When(AnswerUpstream).Then(UpstreamAnswered);

    [Fact]
    public void A_withdrawn_request_awaits_no_answer() =>
        Given(Claim, Requested, Withdrawal(2, Requested)).When(Answer).ThenRefused(RefusalCode.NotOpen, "request");
}
