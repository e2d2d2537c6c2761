using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Server.Tests;

/// <summary>What a ledger shows to a caller without a key.</summary>
public class OpenReadTests
{
    [Theory]
    [InlineData(null, null, "127.0.0.1", true)]
    [InlineData(null, null, "::1", true)]
    [InlineData(null, null, "::ffff:127.0.0.1", true)]
    [InlineData(null, null, "192.0.2.7", false)]
    [InlineData("true", null, "192.0.2.7", true)]
    [InlineData("false", null, "127.0.0.1", false)]
    [InlineData(null, "Host=elsewhere", "127.0.0.1", false)]
    [InlineData("true", "Host=elsewhere", "192.0.2.7", true)]
    public async Task Without_a_setting_only_a_private_ledger_is_open_without_a_key_and_only_to_its_own_machine(string? setting, string? connection, string from, bool isOpen)
    {
        var settings = new LedgerSettings { DataDirectory = "x", ConnectionString = connection, PublicReads = setting is null ? null : bool.Parse(setting) };
        await using var services = new ServiceCollection().AddLogging().AddSingleton(settings).AddAccess(settings).BuildServiceProvider();
        var authorization = services.GetRequiredService<IAuthorizationService>();
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);

        (await authorization.AuthorizeAsync(context.User, context, Scopes.Read)).Succeeded.ShouldBe(isOpen);
        context.User.May(Scopes.Audit).ShouldBeFalse();
        (await MayReadAsync(Scopes.Read)).ShouldBeTrue();
        (await MayReadAsync(Scopes.Audit)).ShouldBeTrue();
        (await MayReadAsync(Scopes.Admin)).ShouldBeTrue();
        (await MayReadAsync(Scopes.Record)).ShouldBe(isOpen);

        context.User = new ClaimsPrincipal(new ClaimsIdentity());
        context.Request.Headers.Authorization = "Bearer ledger_guess";
        (await authorization.AuthorizeAsync(context.User, context, Scopes.Read)).Succeeded.ShouldBeFalse();

        async Task<bool> MayReadAsync(string scope)
        {
            context.User = Caller.Of("key-1", party: null, [scope]);
            return (await authorization.AuthorizeAsync(context.User, context, Scopes.Read)).Succeeded;
        }
    }
}
