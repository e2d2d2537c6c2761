using System.Globalization;
using static Ledger.Server.Tests.BadInput.BadCall;

namespace Ledger.Server.Tests.BadInput;

/// <summary>Reads that cannot be answered.</summary>
internal static class BadReads
{
    internal static IEnumerable<BadCall> All =>
    [
        Get("an unknown parameter of a list", "/v1/assertions?colour=red", 400, "unknown-parameter", "label"),
        Get("a parameter twice", "/v1/assertions?label=denied&label=reported", 400, "invalid-parameter", "give it once"),
        Get("an empty parameter", "/v1/assertions?label=", 400, "invalid-parameter", "leave it out"),
        Get("a NUL in a parameter", "/v1/assertions?q=a%00b", 400, "invalid-parameter", "leave it out"),
        Get("a label that is none", "/v1/assertions?label=true", 400, "invalid-parameter", "disputed"),
        Get("a flag that is none", "/v1/assertions?flag=red", 400, "invalid-parameter", "contested"),
        Get("a lifecycle that is none", "/v1/assertions?lifecycle=dead", 400, "invalid-parameter", "superseded"),
        Get("an order that is none", "/v1/assertions?order=random", 400, "invalid-parameter", "-changed"),
        Get("a search for no word", "/v1/assertions?q=%3F%21", 400, "invalid-parameter", "no word"),
        Get("a limit of none", "/v1/assertions?limit=0", 400, "invalid-parameter", "from 1"),
        Get("a limit beyond the bound", "/v1/assertions?limit=501", 400, "invalid-parameter", "500"),
        Get("a limit in words", "/v1/assertions?limit=ten", 400, "invalid-parameter", "whole number"),
        Get("a cursor that is none", "/v1/assertions?cursor=abc", 400, "invalid-parameter", "next"),
        Get("a cursor made up for the future", "/v1/assertions?cursor=" + Cursor(1L << 40, 1), 400, "invalid-parameter", "next"),
        Get("a cursor made up for before the log", "/v1/assertions?cursor=" + Cursor(-5, 1), 400, "invalid-parameter", "next"),
        Get("a cursor of sources made up for the future", "/v1/sources?cursor=" + Cursor(1L << 40, 1), 400, "invalid-parameter", "next"),
        Get("a list at a position to come", "/v1/assertions?minPosition=99999", 400, "invalid-parameter", "not reached"),
        Get("the truth of no time", "/v1/assertions?validAt=yesterday", 400, "invalid-parameter", "2018-08-03"),
        Get("a position to come", "/v1/assertions/c1?asOf=99999", 400, "invalid-parameter", "stands at"),
        Get("a time to come", "/v1/assertions/c1?asOf=2999-01-01T00:00:00Z", 400, "invalid-parameter", "future"),
        Get("the end of this year", $"/v1/assertions?asOf={TimeProvider.System.GetUtcNow().Year.ToString(CultureInfo.InvariantCulture)}-12", 400, "invalid-parameter", "future"),
        Get("a moment that is none", "/v1/assertions/c1?asOf=last-week", 400, "invalid-parameter", "2018-08-03T14:05:00Z"),
        Get("a publication at no time", "/v1/assertions/c1?knownAt=2018-02-30", 400, "invalid-parameter", "2018-08-03"),
        Get("an assertion before it was known", "/v1/assertions/c1?knownAt=2017", 404, "not-found", "known from"),
        Get("an assertion before it was recorded", "/v1/assertions/c1?asOf=1", 404, "not-found", "recorded at position"),
        Get("an assertion that is none", "/v1/assertions/c99", 404, "not-found", "No assertion c99"),
        Get("an assertion under what is no id", "/v1/assertions/C%201", 404, "not-found", "[a-z0-9]"),
        Get("version 0 of an assertion", "/v1/assertions/c1?version=0", 400, "invalid-parameter", "from 1"),
        Get("a version that is none", "/v1/assertions/c1?version=99", 404, "not-found", "newest is"),
        Get("the history of nothing", "/v1/assertions/c99/history", 404, "not-found", "No assertion c99"),
        Get("a parameter that a history does not take", "/v1/assertions/c1/history?limit=5", 400, "unknown-parameter", "asOf"),
        Get("a source that is none", "/v1/sources/nowhere", 404, "not-found", "No source nowhere"),
        Get("the versions of no source", "/v1/sources/nowhere/versions", 404, "not-found", "No source nowhere"),
        Get("a party that is none", "/v1/parties/nobody", 404, "not-found", "No party nobody"),
        Get("a feed after nothing", "/v1/events?after=-1", 400, "invalid-parameter", "from 0"),
        Get("a feed without end", "/v1/events?limit=1001", 400, "invalid-parameter", "1000"),
        Get("a poll too long", "/v1/events?wait=90s", 400, "invalid-parameter", "50s"),
        Get("a poll of no time", "/v1/events?wait=soon", 400, "invalid-parameter", "30s"),
        Get("a feed of a materiality that is none", "/v1/events?materiality=minor,large", 400, "invalid-parameter", "substantive"),
        Get("corrections of a materiality that is none", "/feeds/corrections.json?materiality=large", 400, "invalid-parameter", "substantive"),
        Get("a stream of a materiality that is none", "/v1/events/stream?materiality=large", 400, "invalid-parameter", "substantive"),
        Get("a feed by an unknown filter", "/v1/events?colour=red", 400, "unknown-parameter", "publisher"),
    ];

    private static string Cursor(long position, long after) =>
        Convert.ToBase64String([.. BitConverter.GetBytes(position), .. BitConverter.GetBytes(after)]).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
