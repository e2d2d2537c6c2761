using System.Net;
using Microsoft.AspNetCore.Http;

namespace Ledger.Server.Tests;

/// <summary>What a ledger shows to whoever sends no key.</summary>
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
    public void Only_a_private_ledger_is_open_and_only_to_its_own_machine_unless_it_is_set(string? setting, string? connection, string from, bool isOpen)
    {
        var settings = new LedgerSettings { DataDirectory = "x", ConnectionString = connection, PublicReads = setting is null ? null : bool.Parse(setting) };
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        var access = new Access(settings, null!);

        if (isOpen)
        {
            access.MayAudit(context).ShouldBeFalse();
        }
        else
        {
            Should.Throw<ProblemException>(() => access.MayAudit(context)).Problem.Status.ShouldBe(401);
        }
    }
}
