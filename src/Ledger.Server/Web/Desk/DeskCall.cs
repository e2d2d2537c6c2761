using Ledger.Domain;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;

namespace Ledger.Server;

/// <summary>What every page of the desk shows beside its own: who is signed in, and the token that its forms send back.</summary>
/// <param name="Head">The page.</param>
/// <param name="Principal">The id of the key; null where nobody is signed in.</param>
/// <param name="Party">The one party that the key acts for.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Token">Proves that a form came from this desk.</param>
public sealed record DeskFrame(PageHead Head, string? Principal, string? Party, IReadOnlyList<string> Scopes, string Token)
{
    /// <summary>Whether the key has a scope.</summary>
    public bool May(string scope) => Scopes.Contains(scope, StringComparer.Ordinal) || Scopes.Contains(Server.Scopes.Admin, StringComparer.Ordinal);
}

/// <summary>A request to the desk, of somebody who is signed in.</summary>
internal sealed class DeskCall(HttpContext context, FormValues? form)
{
    private readonly FormValues? _form = form;

    internal HttpContext Context { get; } = context;

    /// <summary>Reads as the key may.</summary>
    internal ReadCall Read { get; } = new(context, context.User.May(Scopes.Audit));

    /// <summary>What the form sent.</summary>
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

    /// <summary>Sends the browser to a page, so that loading that again sends nothing twice.</summary>
    internal Task SendToAsync(string path)
    {
        Context.Response.Headers.Location = path;
        Context.Response.Headers.CacheControl = "no-store";
        Context.Response.StatusCode = StatusCodes.Status303SeeOther;
        return Task.CompletedTask;
    }

    /// <summary>Carries a command out as the API's route does: the same scope, rules and key.</summary>
    internal Task<Answer> RunAsync(NamedCommand command) => Service<CommandDispatch>().RunAsync(new LineContexts(Context).Take(), command);
}

/// <summary>What a form sent. A field that was left empty is as one that is not there.</summary>
public sealed class FormValues(IFormCollection form)
{
    /// <summary>The first value of a field, with line ends as the ledger records them; null where there is none.</summary>
    internal string? Text(string name) => form[name] is [{ } text, ..] && !string.IsNullOrWhiteSpace(text) ? text.ReplaceLineEndings("\n").Trim() : null;

    /// <summary>All values of a field.</summary>
    internal IReadOnlyList<string> All(string name) => [.. form[name].OfType<string>().Where(v => v.Length > 0)];

    internal string Need(string name) => Text(name) ?? throw new ProblemException(Problem.BadRequest("invalid", $"{name} is needed.", name));

    /// <summary>Every field, for showing the form again.</summary>
    internal IReadOnlyDictionary<string, string> Filled => form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
}
