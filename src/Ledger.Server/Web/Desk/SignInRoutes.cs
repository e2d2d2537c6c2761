using Ledger.Server.Web.Desk;
using Microsoft.AspNetCore.Authentication;

namespace Ledger.Server;

/// <summary>The page that asks for a key.</summary>
/// <param name="From">The page of the desk to return to.</param>
/// <param name="IsRefused">Whether a key was given that opens nothing.</param>
public sealed record SignInPage(DeskFrame Frame, string? From, bool IsRefused);

/// <summary>Signing in with a key of the ledger, and signing out.</summary>
internal static class SignInRoutes
{
    private const int SecretLengthMax = 1_000;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDesk(DeskAccess.SignIn, call =>
        {
            var from = call.Read.Query.Text("from");
            call.Read.Query.Done();
            return call.WriteAsync<SignInDocument>(new SignInPage(call.Frame("Sign in"), from, false));
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
        if (call.Form.Text("key") is { Length: <= SecretLengthMax } secret && await call.Service<AccessKeys>().BeginSessionAsync(secret, call.Cancelled) is var (caller, mark))
        {
            await DeskAccess.BeginAsync(call.Context, caller, mark);
            await call.SendToAsync(IsOfDesk(from) ? from! : DeskAccess.Home);
            return;
        }

        call.Context.Features.Set(new RefusedKey("unknownKey", null));
        await call.WriteAsync<SignInDocument>(new SignInPage(call.Frame("Sign in"), from, true), StatusCodes.Status401Unauthorized);
    }

    /// <summary>A page of this desk, and no other site: a path that a browser would read as a host begins otherwise.</summary>
    private static bool IsOfDesk(string? from) =>
        from == DeskAccess.Home || (from is not null && from.StartsWith(DeskAccess.Home + "/", StringComparison.Ordinal) && !from.Any(c => char.IsControl(c) || c == '\\'));
}
