using Ledger.Domain;

namespace Ledger.Server.Tests;

/// <summary>The state of a stream that a node keeps while its commands are committed.</summary>
public sealed class StreamTurnTests
{
    private const string Stream = "party-gazette";

    private readonly StreamTurn turn = new(Stream);

    public StreamTurnTests() => turn.Keep(StreamState.Empty(Stream));

    [Fact]
    public void Commits_reported_out_of_order_leave_the_newest_state()
    {
        var (first, second) = (Event(1), Event(2));
        Decide(first, second);

        turn.Landed([second]);
        turn.Committed!.Version.ShouldBe(0);
        turn.Next.Follows.ShouldBe(second.Id);
        turn.Landed([first]);

        turn.Committed.Version.ShouldBe(2);
        turn.Next.ShouldBe(new(turn.Committed, null, 0));
    }

    [Fact]
    public void Events_that_another_node_wrote_in_between_are_read_from_the_log()
    {
        Decide(Event(1));

        turn.Landed([Event(3)]);

        turn.Next.State.ShouldBeNull();
        turn.Keep(StreamState.Empty(Stream).Evolve(Event(1)).Evolve(Event(2)).Evolve(Event(3)));
        turn.Next.State!.Version.ShouldBe(3);
    }

    [Fact]
    public void A_lost_append_keeps_the_committed_state_and_has_the_next_state_read_again()
    {
        Decide(Event(1));
        turn.Landed([Event(1)]);
        Decide(Event(2));

        turn.Lost();

        turn.Committed!.Version.ShouldBe(1);
        turn.Next.State.ShouldBeNull();
    }

    private void Decide(params Recorded[] events)
    {
        var state = turn.Next.State!;
        foreach (var e in events)
        {
            state = state.Evolve(e);
            turn.Ahead(state, e.Id);
        }
    }

    private static Recorded Event(long version) => new(
        Guid.CreateVersion7(), Stream, version, version, DateTimeOffset.UnixEpoch.AddSeconds(version), "admin", null,
        new PartyRecorded { Name = $"Gazette {version}", Kind = "publisher" });
}
