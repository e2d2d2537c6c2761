using System.Text;
using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Records a notice of the desk by the command that POST /v1/notices takes.</summary>
internal static class NoticePublishing
{
    /// <summary>Records an embargo first where one is wanted, so that the notice is seen by nobody before its end. Doing it again records nothing twice.</summary>
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
