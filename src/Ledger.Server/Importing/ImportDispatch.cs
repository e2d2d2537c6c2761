using System.Text.Json.Serialization;

namespace Ledger.Server;

/// <summary>What became of one line.</summary>
internal sealed record ImportResult(long Line, int Status, long? Position, IReadOnlyDictionary<string, object?>? Problem)
{
    /// <summary>Whether it is the answer of an earlier request with the same key.</summary>
    [JsonIgnore]
    public bool Replayed { get; init; }
}

/// <summary>Runs the lines of an import and makes their results.</summary>
internal sealed class ImportDispatch(CommandDispatch commands, ILogger<ImportDispatch> logger)
{
    /// <param name="number">The line's number.</param>
    /// <param name="line">The line.</param>
    /// <param name="contexts">Gives the line a request of its own.</param>
    /// <param name="keyIsFree">Whether the line's key is most likely free. It is then looked up last instead of first.</param>
    /// <param name="order">Its place among the lines that write to the same stream.</param>
    internal async Task<ImportResult> RunAsync(long number, ImportLine line, LineContexts contexts, bool keyIsFree, RequestOrder order)
    {
        var context = contexts.Take();
        try
        {
            var answer = await commands.RunAsync(context, line, keyIsFree, order);
            return new(number, CommandRoutes.StatusOf(answer), answer.Position, null) { Replayed = answer.Replayed };
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Failed(number, e);
        }
        finally
        {
            contexts.GiveBack(context);
        }
    }

    /// <summary>A line that could not be carried out.</summary>
    internal ImportResult Failed(long number, Exception e)
    {
        var problem = ProblemWriter.Of(e, logger);
        return new(number, problem.Status, null, ProblemWriter.Document(problem));
    }
}
