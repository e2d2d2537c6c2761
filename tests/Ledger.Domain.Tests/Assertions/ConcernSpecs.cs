using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Assertions;

public class ConcernSpecs
{
    private static IssueNotice Express { get; } = Notice(NoticeKind.Concern);

    [Fact]
    public void The_publisher_expresses_a_concern() => Given(Claim).When(Express).Then(Concern);

    [Fact]
    public void The_same_concern_again_appends_nothing() => Given(Claim, Concern).When(Express with { Id = null }).ThenNothing();

    [Fact]
    public void Another_concern_stands_beside_the_first() => Given(Claim, Concern)
        .When(Express with { Id = "n2", Text = "A second doubt." })
        .Then(Concern with { Notice = new("n2", "A second doubt.") })
        .State.Entries.Standing<ConcernExpressed>().Count().ShouldBe(2);

    [Fact]
    public void A_lifted_concern_may_be_expressed_again() => Given(Claim, Concern, Withdrawal(2, Concern)).When(Express).Then(Concern);
}
