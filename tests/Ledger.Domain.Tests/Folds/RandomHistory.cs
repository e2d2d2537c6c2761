using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Ledger.Domain.Tests.Folds;

/// <summary>Valid histories of one assertion: whatever its own decider accepts, in any order, with the policy's events between.</summary>
internal static class RandomHistory
{
    private const int LengthMax = 25;

    private static readonly string[] Parties = [Example.Denier, Example.Witness];

    /// <summary>Histories, found again from the numbers that FsCheck prints and shrinks.</summary>
    internal static Arbitrary<int[]> Choices { get; } = Arb.From(
        from length in Gen.Choose(0, LengthMax)
        from choices in Gen.Choose(0, int.MaxValue - 1).ArrayOf(length)
        select choices);

    /// <summary>Masks that leave out some events of a history.</summary>
    internal static Arbitrary<bool[]> Masks { get; } = Arb.From(Gen.Elements(true, true, false).ArrayOf(LengthMax + 1));

    /// <summary>The history that the choices make, a claim first.</summary>
    internal static ImmutableList<Recorded> Of(int[] choices)
    {
        var given = Scenario.Given(Example.Claim);
        foreach (var choice in choices)
        {
            if (Next(given.State, choice) is { } e)
            {
                given = given.And(e);
            }
        }

        return given.History;
    }

    /// <summary>Makes the command of a choice on a state and gives the decision.</summary>
    internal static Decision Decide(Assertion state, int choice)
    {
        var (kind, rest) = (choice % 11, choice / 11);
        var (party, words, target) = (Parties[rest % 2], $"Words {rest % 3}.", Example.EventId((rest % (int)(state.Version + 1)) + 1));
        var c = Example.Unbound with { CitedPublication = rest % 5 == 0 ? Example.Time("2018-08-03") : null };
        var value = ContentFields.Get(state.Content, "figures/workers")?.ToJsonString();
        var after = (rest % 4) switch { 0 => null, var n => $"{1236 + n}" };
        var part = rest % 7 < 4 ? Contests.Whole : new Contests($"part {rest % 2}");
        return kind switch
        {
            0 or 1 => Assertion.Decide(state, Example.Deny with { Party = party, Statement = words, Contests = part }, c),
            2 => Assertion.Decide(state, Example.Take((Stance)(rest % 5 % 3)) with { Party = party, Statement = words }, c),
            3 => Notice(Example.Correct(Example.Change("figures/workers", value, after)) with { Id = $"n{state.Version}" }),
            4 => Notice(Example.Notice(NoticeKind.Retraction) with
            {
                Id = $"n{state.Version}",
                Items = [new() { Assertion = Example.Id, Extent = rest % 3 == 0 ? Extent.Full : Extent.Partial }],
            }),
            5 => Notice(Example.Notice(NoticeKind.Concern) with { Id = $"n{state.Version}", Text = words }),
            6 => Assertion.Decide(state, Example.Request with { Requester = party, Text = words }, c),
            7 => Assertion.Decide(state, new AnswerAction { Request = target, By = Example.Publisher, Outcome = (Outcome)(rest % 7) }, c),
            8 => Assertion.Decide(state, Example.Withdraw, target, c),
            9 => Assertion.Decide(state, new AddLink { To = new($"t1{rest % 3}", null), Relation = (Relation)(rest % 7), Basis = Basis.Stated }, c),
            _ => Assertion.Decide(state, new RestrictAccess { Assertion = Example.Id, Reason = (RestrictionReason)(rest % 5) }, c),
        };

        Decision Notice(IssueNotice notice) => Assertion.Decide(state, notice, notice.Items[0], notice.Id!, c);
    }

    private static LedgerEvent? Next(Assertion state, int choice) => (choice % 13) switch
    {
        0 => Example.Upstream with { Cause = choice % 40, CauseType = choice % 2 == 0 ? "denial_recorded" : "correction_issued" },
        1 => new UnknownEvent("mood_recorded", Example.Json("{}")),
        _ => Decide(state, choice / 13) is Decision.Accepted { Events: [var e] } ? e : null,
    };
}
