namespace Ledger.Server.Tests.Subscribers;

public class WorkShareTests
{
    private static readonly string[] All = ["a", "b", "c", "d", "e"];

    private readonly Clock _clock = new();

    [Fact]
    public void A_node_begins_with_its_share_of_what_is_free()
    {
        var (begin, giveUp) = new WorkShare(_clock).Plan(All, [], _ => false, nodes: 2);
        begin.Count.ShouldBe(3);
        giveUp.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_held_elsewhere_is_left_there() =>
        new WorkShare(_clock).Plan(All, [], id => id is not "d", nodes: 1).Begin.ShouldBe(["d"]);

    [Fact]
    public void A_node_gives_up_what_is_beyond_its_share_when_another_joins()
    {
        var (begin, giveUp) = new WorkShare(_clock).Plan(All, All, _ => true, nodes: 3);
        begin.ShouldBeEmpty();
        giveUp.Count.ShouldBe(3);
    }

    [Fact]
    public void Work_that_no_other_node_takes_is_taken_beyond_the_share_and_kept_for_a_while()
    {
        var share = new WorkShare(_clock);
        string[] served = ["a", "b", "c"];
        share.Plan(All, served, id => id is not "e", nodes: 2).Begin.ShouldBeEmpty();
        _clock.Pass(WorkShare.LeftToOthers);
        share.Plan(All, served, id => id is not "e", nodes: 2).Begin.ShouldBe(["e"]);

        string[] more = ["e", "a", "b", "c"];
        share.Plan(All, more, _ => true, nodes: 2).GiveUp.ShouldNotContain("e");
        _clock.Pass(WorkShare.Kept);
        share.Plan(All, more, _ => true, nodes: 2).GiveUp.ShouldBe(["e"]);
    }

    [Fact]
    public void Work_that_was_not_free_all_the_time_is_left_to_the_other_nodes()
    {
        var share = new WorkShare(_clock);
        string[] served = ["a", "b", "c"];
        share.Plan(All, served, id => id is not "e", nodes: 2).Begin.ShouldBeEmpty();
        share.Plan(All, served, _ => true, nodes: 2).Begin.ShouldBeEmpty();
        _clock.Pass(WorkShare.LeftToOthers);
        share.Plan(All, served, id => id is not "e", nodes: 2).Begin.ShouldBeEmpty();
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        internal void Pass(TimeSpan time) => _now += time;
    }
}
