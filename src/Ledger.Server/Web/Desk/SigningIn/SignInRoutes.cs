using Ledger.Server.Web.Desk.SigningIn;
using Microsoft.AspNetCore.Authentication;

namespace Ledger.Server;

/// <summary>The page that asks for a key.</summary>
/// <param name="From">The page of the desk to return to.</param>
/// <param name="Refused">What was refused: a key or the identity provider. Null if nothing was tried.</param>
/// <param name="Provider">The name of the identity provider. Null if there is none.</param>
public sealed record SignInPage(DeskFrame Frame, string? From, string? Refused, string? Provider);

/// <summary>Signs people in with a key of the ledger, and signs them out.</summary>
internal static class SignInRoutes
{
    internal const string Key = "key";
    internal const string Provider = "provider";
    private const int SecretLengthMax = 1_000;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk(DeskAccess.SignIn, call =>
        {
            var from = call.Read.Query.Text("from");
            var refused = call.Read.Query.Word("provider", ["refused"]);
            call.Read.Query.Done();
            return call.WriteAsync<SignInDocument>(PageOf(call, from, refused is null ? null : Provider), refused is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);
        }, Access.Open);
        routes.MapDesk(ProviderSignIn.Start, call =>
        {
            var from = call.Read.Query.Text("from");
            call.Read.Query.Done();
            return call.Service<DeskSettings>().Provider is null
                ? throw new ProblemException(Problem.NotFound("Nobody signs in here with an identity provider: Ledger:Desk:OpenIdConnect is not set. Sign in with a key."))
                : ProviderSignIn.BeginAsync(call.Context, PageAfter(from));
        }, Access.Open);
        routes.MapDeskForm(DeskAccess.SignIn, SignInAsync, Access.Open);
        routes.MapDeskForm("/desk/sign-out", async call =>
        {
            await call.Context.SignOutAsync(DeskAccess.Scheme);
            await call.SendToAsync(DeskAccess.SignIn);
        }, DeskAccess.SignedIn);
    }

    private static async Task SignInAsync(DeskCall call)
    {
        var from = call.Form.Text("from");
        if (call.Form.Text(Key) is { Length: <= SecretLengthMax } secret && await call.Service<AccessKeys>().BeginSessionAsync(secret, call.Cancelled) is var (caller, mark))
        {
            await DeskAccess.BeginAsync(call.Context, caller, mark);
            await call.SendToAsync(PageAfter(from));
            return;
        }

        call.Context.Features.Set(new RefusedKey("unknownKey", null));
        await call.WriteAsync<SignInDocument>(PageOf(call, from, Key), StatusCodes.Status401Unauthorized);
    }

    private static SignInPage PageOf(DeskCall call, string? from, string? refused) => new(call.Frame("Sign in"), from, refused, call.Service<DeskSettings>().Provider?.Name);

    /// <summary>
    /// The page to show after signing in. It must be a page of this desk and not of another site. A path that a browser reads as a host, such as //host,
    /// does not begin with /desk/.
    /// </summary>
    private static string PageAfter(string? from) =>
        from is not null && from.StartsWith(DeskAccess.Home + "/", StringComparison.Ordinal) && !from.Any(c => char.IsControl(c) || c == '\\') ? from : DeskAccess.Home;
}
