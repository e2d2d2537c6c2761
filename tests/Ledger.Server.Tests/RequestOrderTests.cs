namespace Ledger.Server.Tests;

/// <summary>When a request may be decided on what the one before it has not committed yet.</summary>
public sealed class RequestOrderTests
{
    private readonly StreamTurn turn = new("party-gazette");
    private readonly TaskCompletionSource settled = new();
    private readonly RequestOrder first = new(null);
    private readonly RequestOrder second;

    public RequestOrderTests()
    {
        turn.Keep(StreamState.Empty("party-gazette"));
        first.Settled = settled.Task;
        second = new(first);
    }

    [Fact]
    public void It_follows_what_is_on_its_way_into_the_log_and_what_is_there()
    {
        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
        Queue(first);

        first.Queued.IsCompleted.ShouldBeTrue();
        second.MayFollow(turn, turn.Next.Falls).ShouldBeTrue();
        second.MayFollow(new("party-other"), turn.Next.Falls).ShouldBeFalse();
    }

    [Fact]
    public void It_waits_where_anything_of_the_stream_came_to_nothing_since_until_the_one_before_is_settled()
    {
        Queue(first);
        turn.Lost();

        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
        Queue(first);       // Again, behind whatever else is under way by now.
        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
        second.Before.ShouldBe(settled.Task);
        settled.SetResult();
        second.MayFollow(turn, turn.Next.Falls).ShouldBeTrue();
    }

    [Fact]
    public void It_waits_for_one_that_writes_to_several_streams()
    {
        first.NoteQueued(null, 0);

        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
    }

    [Fact]
    public void Whoever_is_done_keeps_none_of_those_before_it()
    {
        second.Release();

        second.Before.ShouldBeNull();
        second.MayFollow(turn, turn.Next.Falls).ShouldBeTrue();
    }

    private void Queue(RequestOrder order) => order.NoteQueued(turn, turn.Ahead(StreamState.Empty("party-gazette"), Guid.CreateVersion7()));
}
