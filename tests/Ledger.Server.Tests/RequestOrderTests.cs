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
    public void A_request_may_follow_once_the_one_before_is_queued_and_the_stream_state_is_known()
    {
        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
        Queue(first);

        first.Queued.IsCompleted.ShouldBeTrue();
        second.MayFollow(turn, turn.Next.Falls).ShouldBeTrue();
        second.MayFollow(new("party-other"), turn.Next.Falls).ShouldBeFalse();
    }

    [Fact]
    public void After_a_lost_append_a_request_waits_until_the_one_before_is_settled()
    {
        Queue(first);
        turn.Lost();

        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
        Queue(first);       // The request is queued again, after all other requests that are under way by now.
        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
        second.Before.ShouldBe(settled.Task);
        settled.SetResult();
        second.MayFollow(turn, turn.Next.Falls).ShouldBeTrue();
    }

    [Fact]
    public void A_request_waits_for_one_that_writes_to_several_streams()
    {
        first.NoteQueued(null, 0);

        second.MayFollow(turn, turn.Next.Falls).ShouldBeFalse();
    }

    [Fact]
    public void A_released_request_no_longer_holds_the_one_before()
    {
        second.Release();

        second.Before.ShouldBeNull();
        second.MayFollow(turn, turn.Next.Falls).ShouldBeTrue();
    }

    private void Queue(RequestOrder order) => order.NoteQueued(turn, turn.Ahead(StreamState.Empty("party-gazette"), Guid.CreateVersion7()));
}
