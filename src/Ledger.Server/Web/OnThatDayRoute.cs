using Ledger.Domain;
using Ledger.Server.Web.Pages;

namespace Ledger.Server;

/// <summary>The form that leads to a certificate, with the values that were filled in so far.</summary>
public sealed record OnThatDayPage(PageHead Head, string? Url, string? Assertion, string? Date, string? Zone);

/// <summary>
/// Answers "What did you say on that day?". An address or an assertion, and a day in the reader's time zone, lead to a certificate to print.
/// </summary>
internal static class OnThatDayRoute
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.MapPage("/on", "What was said on a day", ReadAsync);

    private static async Task ReadAsync(ReadCall call)
    {
        var (url, assertion, date, zone) = (call.Query.Text("url"), call.Query.Text("assertion"), call.Query.Text("date"), call.Query.Text("zone"));
        call.Query.Done();
        if (url is null && assertion is null)
        {
            var head = PageHead.Of(call, "What was said on that day", "An address and a day give a signed certificate of what was said, and of what became of it since.");
            await call.WritePageAsync<OnThatDayDocument>(new OnThatDayPage(head, url, assertion, date, zone), 0);
            return;
        }

        var at = date is null ? null : EndOf(date, zone ?? "UTC", call.Service<TimeProvider>().GetUtcNow());
        call.Response.Headers.Location = "/v1/certificates" + QueryString.Create(
            new Dictionary<string, string?> { ["url"] = url, ["assertion"] = url is null ? assertion : null, ["at"] = at }.Where(p => p.Value is not null));
        call.Response.StatusCode = StatusCodes.Status303SeeOther;
    }

    /// <summary>The last moment of the day in its time zone. Null, which means now, if the day is not over yet.</summary>
    private static string? EndOf(string date, string zone, DateTimeOffset now)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
        {
            throw Query.Invalid("zone", "is a time zone such as Europe/London or UTC.");
        }

        if (!PartialDate.TryInterval(date, found, out var day))
        {
            throw Query.Invalid("date", "is a day such as 2018-08-04.");
        }

        return day.From > now ? throw Query.Invalid("date", "lies in the future; nobody knows yet what will be said.")
            : day.To > now ? null
            : WireTime.Format(day.To.AddMicroseconds(-1));
    }
}
