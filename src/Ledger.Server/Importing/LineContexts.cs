using System.Collections.Concurrent;

namespace Ledger.Server;

/// <summary>The requests that the lines of an import stand for, used again and again: one weighs more than all else that a line needs.</summary>
internal sealed class LineContexts(HttpContext import)
{
    private readonly ConcurrentBag<DefaultHttpContext> _idle = [];

    /// <summary>A request of the import's sender. Nobody keeps it beyond <see cref="GiveBack"/>.</summary>
    internal DefaultHttpContext Take()
    {
        if (_idle.TryTake(out var idle))
        {
            return idle;
        }

        var context = new DefaultHttpContext { RequestServices = import.RequestServices, RequestAborted = import.RequestAborted, User = import.User };
        (context.Request.Method, context.Request.Scheme, context.Request.Host) = ("POST", import.Request.Scheme, import.Request.Host);
        return context;
    }

    /// <summary>Makes it the request of a line.</summary>
    internal static void Set(HttpRequest request, ImportLine line)
    {
        request.Path = line.Path;
        request.RouteValues.Clear();
        if (line.Target is { } target)
        {
            request.RouteValues["id"] = target;
            request.RouteValues["eventId"] = target;
        }
    }

    internal void GiveBack(DefaultHttpContext context) => _idle.Add(context);
}
