using Ledger.LocalPostgres;
using Ledger.Testing;

namespace Ledger.Server.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task The_demonstration_runs_in_a_directory_of_ones_own_and_appends_nothing_the_second_time()
    {
        // CreateTempSubdirectory makes it with mode 0700, which the server's unprivileged user cannot pass.
        var directory = Directory.CreateTempSubdirectory("ledger-demo-");
        try
        {
            var (exit, output) = await ServerProcess.RunAsync(directory.FullName, "demo", "--exit", "--urls", "http://127.0.0.1:0");

            exit.ShouldBe(0, output);
            output.ShouldContain("50 assertions; ");
            output.Split('\n').Count(l => l.Split('\t').Length == 4).ShouldBe(50);
            var t20 = output[output.IndexOf("\nt20: ", StringComparison.Ordinal)..output.IndexOf("\nt01: ", StringComparison.Ordinal)];
            t20.ShouldStartWith("\nt20: denied");
            t20.ShouldContain("russia-mfa denies");
            t20.ShouldContain("ground: ");
            t20.ShouldContain("concedes: ");
            output[output.IndexOf("\nt01: ", StringComparison.Ordinal)..].ShouldContain("russia-mfa concedes");
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(Path.Combine(directory.FullName, ".ledger", "admin-key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            var (again, second) = await ServerProcess.RunAsync(directory.FullName, "demo", "--exit", "--urls", "http://127.0.0.1:0");

            again.ShouldBe(0, second);
            second.ShouldContain("50 assertions; everything was recorded before, nothing was appended.");
        }
        finally
        {
            ClusterRemoval.Remove(Path.Combine(directory.FullName, ".ledger"));
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_unknown_command_fails_and_prints_the_usage()
    {
        var (exit, output) = await ServerProcess.RunAsync(Path.GetTempPath(), "dance");

        exit.ShouldBe(2);
        output.ShouldContain("demo [--exit]");
    }

    [Theory]
    [InlineData("demo", "help")]
    [InlineData("demo", "--help")]
    [InlineData("Rebuild some", "help", "rebuild")]
    [InlineData("Rebuild some", "rebuild", "-h")]
    public async Task Help_is_given_by_word_and_by_flag_and_starts_nothing(string expected, params string[] arguments)
    {
        var (exit, output) = await ServerProcess.RunOwnBuildAsync(Path.GetTempPath(), arguments);

        exit.ShouldBe(0, output);
        output.ShouldContain(expected);
        output.ShouldNotContain("Serving on");
    }
}
