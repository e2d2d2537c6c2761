using Ledger.Domain;
using Ledger.Server.Web.Desk.Operating;

namespace Ledger.Server;

/// <summary>A key as the desk shows it.</summary>
public sealed record ShownKey(string Id, string Name, IReadOnlyList<string> Scopes, string? Party, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? FormerUntil);

/// <summary>The keys, and a form for a new one.</summary>
public sealed record KeysPage(DeskFrame Frame, IReadOnlyList<ShownKey> Keys, FormValues? Filled, FormTrouble? Trouble, IReadOnlyList<KnownParty> Parties)
{
    internal static IReadOnlyList<string> Scopes => Server.Scopes.All;
}

/// <summary>A secret, for the only page that shows it.</summary>
public sealed record SecretPage(DeskFrame Frame, string Id, string Secret, DateTimeOffset? FormerUntil);

/// <summary>Creates, rotates and revokes keys.</summary>
internal static class KeyDeskRoutes
{
    private const string Policy = DeskAccess.Prefix + Scopes.Admin;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk("/desk/keys", call =>
        {
            call.Read.Query.Done();
            return ShowAsync(call, null, null, StatusCodes.Status200OK);
        }, Policy);
        routes.MapDeskForm("/desk/keys", MakeAsync, Policy);
        routes.MapDeskForm("/desk/keys/{id}/rotation", async call =>
        {
            var id = call.Route("id");
            var (secret, formerUntil) = await KeyRoutes.GiveNewSecretAsync(call.Context, id, call.Form.Text("at-once") is null ? KeyRoutes.OverlapDefaultS : 0);
            await call.WriteAsync<SecretDocument>(new SecretPage(call.Frame("A new secret"), id, secret, formerUntil));
        }, Policy);
        routes.MapDeskForm("/desk/keys/{id}/revocation", async call =>
        {
            await KeyRoutes.EndAsync(call.Context, call.Route("id"));
            await call.SendToAsync("/desk/keys");
        }, Policy);
    }

    private static async Task MakeAsync(DeskCall call)
    {
        try
        {
            var (key, secret) = await KeyRoutes.MakeAsync(call.Context, new()
            {
                Name = call.Form.Text("name"), Scopes = call.Form.All("scope"), Party = call.Form.Text("party"), Expires = Moment(call.Form.Text("expires")),
            });
            await call.WriteAsync<SecretDocument>(new SecretPage(call.Frame("A new key"), key.Id, secret, null));
        }
        catch (ProblemException refused) when (refused.Problem.RetryAfterS is null)
        {
            await ShowAsync(call, call.Form, FormTrouble.Of(refused.Problem), refused.Problem.Status);
        }
    }

    private static DateTimeOffset? Moment(string? text) =>
        text is null ? null
        : PartialDate.TryInterval(text, TimeZoneInfo.Utc, out var day) ? day.To
        : throw new ProblemException(Problem.BadRequest("invalid", "expires: is a day such as 2027-08-04; the key is good until its end, in UTC.", "expires"));

    private static async Task ShowAsync(DeskCall call, FormValues? filled, FormTrouble? trouble, int status) => await call.WriteAsync<KeysDocument>(
        new KeysPage(
            call.Frame("Keys"),
            [.. (await call.Service<AccessKeys>().ListAsync(call.Cancelled)).Reverse().Select(k => new ShownKey(k.Id, k.Name, k.Scopes, k.Party, k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.FormerUntil))],
            filled, trouble, await RecordingFormRoutes.PartiesAsync(call)), status);
}
