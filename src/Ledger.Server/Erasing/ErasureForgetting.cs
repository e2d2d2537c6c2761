using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Drops what this node keeps in memory of a stream, once any node has erased something in it.</summary>
internal sealed partial class ErasureForgetting(EventStore store, StreamStates states, StartingHead start, TimeProvider clock, ILogger<ErasureForgetting> logger) : BackgroundService
{
    private const int PageEvents = 1_000;

    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly IReadOnlySet<string> Relevant = EventTypes.NamesOf(typeof(PayloadErased));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var position = start.Position;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var page = await store.FollowAsync(position, PageEvents, Relevant, stoppingToken);
                foreach (var e in page.Events)
                {
                    store.ForgetTail();
                    states.Forget(e.Stream);
                }

                if (page.Next == position)
                {
                    await store.WaitForAsync(position, IdleMax, stoppingToken);
                }

                position = page.Next;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // This loop must not end: a node that no longer forgets would go on showing what was erased.
                LogRetrying(logger, e);
                await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Erasures could not be read from the log; retrying")]
    private static partial void LogRetrying(ILogger logger, Exception e);
}
