using System.Diagnostics;
using System.Globalization;

namespace Ledger.LocalPostgres;

/// <summary>
/// The account that runs PostgreSQL's programs. It is the owner's own account, except for root, which initdb and postgres refuse. For root
/// it is the present owner of the data, otherwise <c>postgres</c>, otherwise <c>nobody</c>. No account is ever created.
/// </summary>
internal sealed class ServerAccount
{
    private static readonly string[] UnprivilegedNames = ["postgres", "nobody"];
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Ways to become another user, the simplest first. On Debian, util-linux has all three. setpriv opens no PAM session,
    /// so a logout cannot end the server. BusyBox has only su.
    /// </summary>
    private static readonly Func<string, string, string, IReadOnlyList<string>, IReadOnlyList<string>>[] WaysToBecome =
    [
        (_, uid, gid, command) => ["setpriv", $"--reuid={uid}", $"--regid={gid}", "--clear-groups", "--", .. command],
        (name, _, _, command) => ["runuser", "-u", name, "--", .. command],
        (name, _, _, command) => ["su", "-s", "/bin/sh", name, "-c", string.Join(' ', command.Select(Quote))],
    ];

    private readonly Func<IReadOnlyList<string>, IReadOnlyList<string>> _become;

    private ServerAccount(string? name, string? ownership, Func<IReadOnlyList<string>, IReadOnlyList<string>> become) =>
        (Name, Ownership, _become) = (name, ownership, become);

    /// <summary>The owner's own account.</summary>
    public static ServerAccount Own { get; } = new(null, null, command => command);

    /// <summary>The other account's name; null when the owner runs the server itself.</summary>
    public string? Name { get; }

    /// <summary>The uid:gid of the other account, in the form for chown; null for the owner's own account.</summary>
    private string? Ownership { get; }

    /// <summary>Prepares a start of the program as this account.</summary>
    public ProcessStartInfo Command(params IReadOnlyList<string> programAndArguments) =>
        ChildCommand.Prepare(_become(programAndArguments));

    /// <summary>Finds the account for a cluster whose data is, or will be, in the given directory.</summary>
    /// <exception cref="LocalPostgresException">Root cannot become any unprivileged user here.</exception>
    public static async Task<ServerAccount> ForAsync(string data, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return Own;

        if (await OwnerOfAsync(data, ct) is ({ } uid, { } gid) && uid != "0")
            return await BecomeAsync(await IdAsync("-un", uid, ct) ?? uid, uid, gid, ct);
        foreach (var name in UnprivilegedNames)
        {
            if (await IdAsync("-u", name, ct) is { } userId && await IdAsync("-g", name, ct) is { } groupId)
                return await BecomeAsync(name, userId, groupId, ct);
        }

        throw new LocalPostgresException(
            "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody: add one, or start as an ordinary user.");
    }

    /// <summary>Gives a file or directory to this account. It does nothing for the owner's own account.</summary>
    public async Task GiveAsync(string path, CancellationToken ct)
    {
        if (Ownership is null)
            return;
        var result = await ChildCommand.RunAsync(ChildCommand.Prepare(["chown", Ownership, path]), CommandLimit, ct);
        if (!result.Succeeded)
            throw new LocalPostgresException($"{path} cannot be given to user {Name} ({result.LastLine}); start as an ordinary user.");
    }

    /// <summary>Whether this account can enter the directory. It is tried in practice, so that ACLs and unusual mounts count too.</summary>
    public async Task<bool> CanEnterAsync(string directory, CancellationToken ct) =>
        Name is null
        || (await ChildCommand.RunAsync(Command("sh", "-c", "cd \"$1\"", "sh", directory), CommandLimit, ct)).Succeeded;

    private static async Task<ServerAccount> BecomeAsync(string name, string uid, string gid, CancellationToken ct)
    {
        foreach (var way in WaysToBecome)
        {
            var account = new ServerAccount(name, $"{uid}:{gid}", command => way(name, uid, gid, command));
            if ((await ChildCommand.RunAsync(account.Command("sh", "-c", "exit 0"), CommandLimit, ct)).Succeeded)
                return account;
        }

        throw new LocalPostgresException(
            $"PostgreSQL refuses to run as root, and root cannot become user {name} here "
            + "(tried setpriv, runuser, su): start as an ordinary user.");
    }

    /// <summary>Finds the owner of a path with ls, because .NET has no API for it. POSIX defines the columns of ls -n.</summary>
    private static async Task<(string Uid, string Gid)?> OwnerOfAsync(string path, CancellationToken ct)
    {
        if (!Directory.Exists(path))
            return null;
        var listed = await ChildCommand.RunAsync(ChildCommand.Prepare(["ls", "-ldn", path]), CommandLimit, ct);
        return listed.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var uid, var gid, ..]
            && IsNumber(uid) && IsNumber(gid)
            ? (uid, gid)
            : null;
    }

    private static async Task<string?> IdAsync(string which, string user, CancellationToken ct)
    {
        var result = await ChildCommand.RunAsync(ChildCommand.Prepare(["id", which, user]), CommandLimit, ct);
        return result.Succeeded ? result.Output.Trim() : null;
    }

    private static bool IsNumber(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
