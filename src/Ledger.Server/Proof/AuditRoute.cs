using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>One event as an auditor sees it.</summary>
internal sealed record AuditEntry(
    long Position, DateTimeOffset RecordedAt, string Type, string Stream, long Version, string RecordedBy, string? OnBehalfOf, JsonElement Data, string Receipt)
{
    internal static AuditEntry Of(RecordedEvent e) => new(
        e.Position, e.RecordedAt, e.Type, e.Stream, e.Version, e.Headers.RecordedBy, e.Headers.OnBehalfOf, JsonElement.Parse(e.Data), $"/v1/proofs/{e.Position}");
}

/// <summary>The editorial audit over all assertions, as JSON or CSV: who recorded what, when and for whom.</summary>
internal static class AuditRoute
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1_000;

    /// <summary>One request reads at most this many positions. If few events pass the filter, the client goes on with <c>next</c>.</summary>
    private const int ScanMax = 200_000;

    private const string CsvHeader = "position,recordedAt,type,stream,version,recordedBy,onBehalfOf,receipt,data\r\n";

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/v1/audit", "Audit who recorded what; JSON or text/csv", ReadAsync).RequireScope(Scopes.Audit).WithTags("Proof");

    private static async Task ReadAsync(ReadCall call)
    {
        var points = call.Service<ReadPoints>();
        var actor = call.Query.Text("actor");
        var limit = (int)call.Query.Number("limit", LimitDefault, 1, LimitMax);
        var from = call.Query.Text("from") is { } begin ? await points.ResolveAsync(begin, "from", call.Cancelled) : 0;
        var cursor = call.Query.Number("after", 0, 0, long.MaxValue);
        await call.RequireReachedAsync(cursor, "after");
        var after = Math.Max(cursor, from);
        var point = await call.PointAsync();
        var to = call.Query.Text("to") is { } end ? Math.Min(point.Position, await points.ResolveAsync(end, "to", call.Cancelled)) : point.Position;
        var filter = new FeedFilter
        {
            Types = [.. call.Query.List("type").Select(CloudEvent.StoredType)],
            AnyOfTags = call.Query.List("publisher") is { Count: > 0 } publishers ? [[.. publishers.Select(p => $"publisher:{p}")]] : [],
        };
        call.Query.Done();
        call.Response.Headers.Vary = "Accept";
        var (entries, next) = await ScanAsync(call, filter, e => IsOf(e, actor) && (point.KnownAt is null || point.Counts(e.ToDomain())), after, to, limit);
        await call.Service<SignedHeads>().AddHeaderAsync(call.Response, call.Cancelled);
        if (call.Context.Request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase))
        {
            call.Response.Headers["Ledger-Next"] = next?.ToString(CultureInfo.InvariantCulture);
            await call.WriteBytesAsync(Encoding.UTF8.GetBytes(Csv(entries)), "text/csv; charset=utf-8", to);
            return;
        }

        await call.WriteAsync(new { items = entries, next, position = to }, to);
    }

    private static bool IsOf(RecordedEvent e, string? actor) => actor is null || e.Headers.RecordedBy == actor || e.Headers.OnBehalfOf == actor;

    private static async Task<(List<AuditEntry> Entries, long? Next)> ScanAsync(
        ReadCall call, FeedFilter filter, Func<RecordedEvent, bool> passes, long after, long to, int limit)
    {
        var entries = new List<AuditEntry>();
        var scanEnd = after + ScanMax;
        while (after < to)
        {
            var page = await call.Store.ReadFeedAsync(after, LimitMax, filter, call.Cancelled);
            foreach (var e in page.Events.Where(e => e.Position <= to && passes(e)))
            {
                entries.Add(AuditEntry.Of(e));
                if (entries.Count == limit)
                {
                    return (entries, e.Position < to ? e.Position : null);
                }
            }

            after = page.Next;
            if (after >= scanEnd && after < to)
            {
                return (entries, after);
            }
        }

        return (entries, null);
    }

    private static string Csv(List<AuditEntry> entries)
    {
        var csv = new StringBuilder(CsvHeader);
        foreach (var e in entries)
        {
            csv.AppendJoin(',', new[]
            {
                e.Position.ToString(CultureInfo.InvariantCulture), WireTime.Format(e.RecordedAt), e.Type, e.Stream, e.Version.ToString(CultureInfo.InvariantCulture),
                e.RecordedBy, e.OnBehalfOf ?? "", e.Receipt, e.Data.GetRawText(),
            }.Select(CsvText.Cell)).Append("\r\n");
        }

        return csv.ToString();
    }
}
