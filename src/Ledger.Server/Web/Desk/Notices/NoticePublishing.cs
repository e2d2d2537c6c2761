using System.Text;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Records a notice from the desk with the command of POST /v1/notices.</summary>
internal static class NoticePublishing
{
    /// <summary>
    /// If an embargo is wanted, records it first, so that nobody sees the notice before the embargo ends. A repeated call records nothing twice.
    /// </summary>
    internal static async Task<Answer> RecordAsync(DeskCall call, Guid id, WrittenNotice notice, string body)
    {
        foreach (var item in notice.EmbargoUntil is null ? [] : notice.Items)
        {
            var embargo = new JsonObject { ["assertion"] = item.Assertion, ["reason"] = "embargo", ["until"] = notice.EmbargoUntil };
            await call.RunAsync(new() { Command = "restrictAccess", Key = $"{id}-embargo-{item.Assertion}", Body = Encoding.UTF8.GetBytes(embargo.ToJsonString(DomainJson.Stored)) });
        }

        return await call.RunAsync(new() { Command = "issueNotice", Key = id.ToString(), Body = Encoding.UTF8.GetBytes(body) });
    }
}
