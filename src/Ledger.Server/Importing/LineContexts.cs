using System.Collections.Concurrent;

namespace Ledger.Server;

/// <summary>A pool of the requests that the lines of an import stand for. Making a request costs more than everything else that a line needs.</summary>
internal sealed class LineContexts(HttpContext import)
{
    private readonly ConcurrentBag<DefaultHttpContext> _idle = [];

    /// <summary>A request of the import's sender. The caller must not keep it after <see cref="GiveBack"/>.</summary>
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

    internal void GiveBack(DefaultHttpContext context) => _idle.Add(context);
}
