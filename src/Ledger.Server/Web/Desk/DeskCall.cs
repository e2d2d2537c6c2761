using Ledger.Domain;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;

namespace Ledger.Server;

/// <summary>The frame of every page of the desk: who is signed in, and the token that its forms send back.</summary>
/// <param name="Head">The head of the page.</param>
/// <param name="Principal">The id of the key. Null if nobody is signed in.</param>
/// <param name="Party">The only party that the key acts for. Null if it is not bound to one.</param>
/// <param name="Scopes">The scopes of the key.</param>
/// <param name="Token">The token that proves that a form came from this desk.</param>
public sealed record DeskFrame(PageHead Head, string? Principal, string? Party, IReadOnlyList<string> Scopes, string Token)
{
    /// <summary>Whether the key has a scope.</summary>
    public bool May(string scope) => Scopes.Contains(scope, StringComparer.Ordinal) || Scopes.Contains(Server.Scopes.Admin, StringComparer.Ordinal);
}

/// <summary>A request to the desk.</summary>
internal sealed class DeskCall(HttpContext context, FormValues? form)
{
    private readonly FormValues? _form = form;

    internal HttpContext Context { get; } = context;

    /// <summary>Reads with the rights of the key.</summary>
    internal ReadCall Read { get; } = new(context, context.User.May(Scopes.Audit));

    /// <summary>The values that the form sent.</summary>
    internal FormValues Form => _form ?? throw new InvalidOperationException("Only a form has values.");

    internal CancellationToken Cancelled => Context.RequestAborted;

    internal Actor Actor => Context.User.Actor;

    internal T Service<T>()
        where T : notnull => Context.RequestServices.GetRequiredService<T>();

    internal string Route(string name) => (string)Context.GetRouteValue(name)!;

    internal DeskFrame Frame(string title)
    {
        var tokens = Service<IAntiforgery>().GetAndStoreTokens(Context);
        var head = new PageHead(PageWriter.SiteOf(Context), Context.Request.Path.Value!, title, "The desk of the ledger.") { IsOwn = true };
        var user = Context.User;
        return new(head, user.Identity?.Name, user.Identity is { IsAuthenticated: true } ? Actor.Party : null, [.. user.FindAll(Caller.ScopeClaim).Select(c => c.Value)], tokens.RequestToken!);
    }

    internal Task WriteAsync<TPage>(object page, int status = StatusCodes.Status200OK)
        where TPage : IComponent => PageWriter.WriteOwnAsync<TPage>(Context, page, status);

    /// <summary>Sends the browser to a page, so that a reload of that page does not send the form again.</summary>
    internal Task SendToAsync(string path)
    {
        Context.Response.Headers.Location = path;
        Context.Response.Headers.CacheControl = "no-store";
        Context.Response.StatusCode = StatusCodes.Status303SeeOther;
        return Task.CompletedTask;
    }

    /// <summary>Runs a command as the route of the API does, with the same scope, rules and key.</summary>
    internal Task<Answer> RunAsync(NamedCommand command) => Service<CommandDispatch>().RunAsync(new LineContexts(Context).Take(), command);
}

/// <summary>The values that a form sent. An empty field counts as missing.</summary>
public sealed class FormValues(IFormCollection form)
{
    /// <summary>The first value of a field, with line ends as the ledger records them. Null if there is none.</summary>
    internal string? Text(string name) => form[name] is [{ } text, ..] && !string.IsNullOrWhiteSpace(text) ? text.ReplaceLineEndings("\n").Trim() : null;

    /// <summary>All values of a field.</summary>
    internal IReadOnlyList<string> All(string name) => [.. form[name].OfType<string>().Where(v => v.Length > 0)];

    internal string Need(string name) => Text(name) ?? throw new ProblemException(Problem.BadRequest("invalid", $"{name} is needed.", name));

    /// <summary>Every field, for showing the form again.</summary>
    internal IReadOnlyDictionary<string, string> Filled => form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
}
