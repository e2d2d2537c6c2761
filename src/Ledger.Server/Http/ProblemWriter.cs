using System.Globalization;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Turns what goes wrong into problem documents, at the edge of the pipeline.</summary>
internal static partial class ProblemWriter
{
    /// <summary>How long a client should wait before it tries again while the database is unavailable.</summary>
    private const int UnavailableRetryAfterS = 2;

    internal static void UseProblems(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ledger.Http");
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                await context.WriteProblemAsync(Of(e, logger));
            }
        });
        app.UseStatusCodePages(async status =>
        {
            var context = status.HttpContext;
            if (HttpMethods.IsOptions(context.Request.Method) && context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            {
                context.Response.Headers.Append("Allow", "OPTIONS"); // Routing has added the methods of the path already.
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await context.WriteProblemAsync(OfStatus(context));
        });
    }

    /// <summary>The members of a problem document.</summary>
    internal static IReadOnlyDictionary<string, object?> Document(Problem problem)
    {
        var body = new Dictionary<string, object?>
        {
            ["type"] = $"/problems/{problem.Code}",
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["detail"] = problem.Detail,
        };
        if (problem.Errors.Count > 0)
        {
            body["errors"] = problem.Errors.GroupBy(e => e.Field).ToDictionary(e => e.Key, e => e.Select(x => x.Message).ToArray());
        }

        foreach (var (name, value) in problem.Members)
        {
            body[name] = value;
        }

        return body;
    }

    internal static async Task WriteProblemAsync(this HttpContext context, Problem problem)
    {
        if (problem.RetryAfterS is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.StatusCode = problem.Status;
        if (PageRequests.WantsPage(context.Request))
        {
            await PageWriter.WriteProblemAsync(context, problem);
            return;
        }

        context.Response.Vary("Accept");     // A client that wants a page gets one instead.
        await context.Response.WriteWholeAsync(
            JsonSerializer.SerializeToUtf8Bytes(Document(problem), DomainJson.Stored), "application/problem+json", context.RequestAborted);
    }

    /// <summary>What went wrong, as a problem; defects and outages are logged.</summary>
    internal static Problem Of(Exception e, ILogger logger)
    {
        switch (e)
        {
            case ProblemException refused:
                return refused.Problem;
            case BadHttpRequestException { StatusCode: 413 }:
                return new(413, "too-large", "The request is too large", "A body has at most 1 MB; send several requests.");
            case BadHttpRequestException bad:
                return new(bad.StatusCode, "bad-request", "The request is not valid", "The request could not be read as HTTP; check its headers and length.");
            case StoreUnavailableException unavailable:
                LogUnavailable(logger, e);
                return new(503, "unavailable", "The ledger cannot be reached for now", unavailable.OutcomeKnown
                    ? "Nothing was recorded; try again after the time in Retry-After."
                    : "Whether it was recorded is not known; send it again with the same Idempotency-Key after the time in Retry-After.")
                { RetryAfterS = UnavailableRetryAfterS };
            case Npgsql.NpgsqlException and not Npgsql.PostgresException or Npgsql.NpgsqlException { IsTransient: true } or Npgsql.PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" } or TimeoutException:
                LogUnavailable(logger, e);
                return new(503, "unavailable", "The ledger cannot be reached for now", "The database does not answer; try again after the time in Retry-After.")
                { RetryAfterS = UnavailableRetryAfterS };
            case Marten.Exceptions.MartenException { InnerException: { } cause }:
                return Of(cause, logger);
            default:
                LogFailure(logger, e);
                return new(500, "internal", "The ledger failed", "This is a defect of the ledger; nothing is lost. Try again, and report it with the time of the request.");
        }
    }

    private static Problem OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Problem.NotFound($"There is no {context.Request.Path}; /openapi/v1.json lists what there is."),
        405 => new(405, "method-not-allowed", "The method is not allowed here", $"{context.Request.Path} does not answer {context.Request.Method}; the Allow header says what it does."),
        415 => new(415, "unsupported-media-type", "The content type is not supported", "Send JSON with Content-Type: application/json."),
        var status => new(status, "http-" + status, "The request was refused", "See the status code."),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable")]
    private static partial void LogUnavailable(ILogger logger, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed")]
    private static partial void LogFailure(ILogger logger, Exception e);
}
