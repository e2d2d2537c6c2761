using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The body of a new key.</summary>
internal sealed record NewKey
{
    public string? Name { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public string? Party { get; init; }

    public DateTimeOffset? Expires { get; init; }
}

/// <summary>The body of a rotation.</summary>
internal sealed record KeyRotation
{
    public int? OverlapS { get; init; }
}

/// <summary>Making, listing, rotating and ending keys.</summary>
internal static class KeyRoutes
{
    private const int NameLengthMax = 200;

    /// <summary>A day is enough to tell every client of the new secret.</summary>
    internal const int OverlapDefaultS = 24 * 60 * 60;

    /// <summary>A month: a leaked secret must not stay good for ever.</summary>
    private const int OverlapMaxS = 30 * OverlapDefaultS;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/keys", (Delegate)CreateAsync).RequireScope(Scopes.Admin).WithTags("Access").WithSummary("Make a key; its secret is shown once").Accepts<NewKey>("application/json").RemembersAnswers();
        routes.MapMethods("/v1/keys", ["GET", "HEAD"], (Delegate)ListAsync).RequireScope(Scopes.Admin).WithTags("Access").WithSummary("List the keys");
        routes.MapMethods("/v1/keys/{id}", ["GET", "HEAD"], (Delegate)ReadAsync).RequireScope(Scopes.Admin).WithTags("Access").WithSummary("Read a key, without its secret");
        routes.MapDelete("/v1/keys/{id}", (Delegate)RevokeAsync).RequireScope(Scopes.Admin).WithTags("Access").WithSummary("End a key at once");
        routes.MapPost("/v1/keys/{id}/rotation", (Delegate)RotateAsync).RequireScope(Scopes.Admin).WithTags("Access").WithSummary("Give a key a new secret; the former is good for a while").Accepts<KeyRotation>("application/json").RemembersAnswers();
    }

    private static async Task CreateAsync(HttpContext context)
    {
        new Query(context).Done();
        var (key, secret) = await MakeAsync(context, JsonBody.Parse<NewKey>(await JsonBody.ReadAsync(context)));
        context.Response.Headers.Location = $"/v1/keys/{key.Id}";
        await context.WriteJsonAsync(201, new { key.Id, secret, key.Name, key.Scopes, key.Party, key.ExpiresAt });
    }

    /// <summary>Makes a key and returns its secret, which nobody can read again.</summary>
    internal static async Task<(AccessKey Key, string Secret)> MakeAsync(HttpContext context, NewKey body)
    {
        var (keys, states) = (context.RequestServices.GetRequiredService<AccessKeys>(), context.RequestServices.GetRequiredService<StreamStates>());
        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > NameLengthMax)
        {
            throw Invalid("name", $"is needed and has at most {NameLengthMax} characters.");
        }

        if (body.Scopes is not { Count: > 0 } scopes || scopes.Any(s => !Scopes.All.Contains(s, StringComparer.Ordinal)))
        {
            throw Invalid("scopes", $"are one or more of {string.Join(", ", Scopes.All)}.");
        }

        if (body.Party is { } party && (!Ids.IsId(party) || !await IsRecordedAsync(party, states, context.RequestAborted)))
        {
            throw Invalid("party", "was never recorded; record it first with POST /v1/parties.");
        }

        return await keys.CreateAsync(body.Name, scopes, body.Party, body.Expires, context.User.Identity!.Name!, context.RequestAborted);
    }

    private static async Task ListAsync(HttpContext context, AccessKeys keys)
    {
        new Query(context).Done();
        await context.WriteJsonAsync(200, new { items = await keys.ListAsync(context.RequestAborted) });
    }

    private static async Task ReadAsync(HttpContext context, AccessKeys keys, string id)
    {
        new Query(context).Done();
        await context.WriteJsonAsync(200, (await keys.ListAsync(context.RequestAborted)).FirstOrDefault(k => k.Id == id) ?? throw NoKey(id));
    }

    private static async Task RevokeAsync(HttpContext context, string id)
    {
        new Query(context).Done();
        await EndAsync(context, id);
        context.Response.StatusCode = 204;
    }

    /// <summary>Ends a key at once; 404 where there is none.</summary>
    internal static async Task EndAsync(HttpContext context, string id)
    {
        if (!await context.RequestServices.GetRequiredService<AccessKeys>().RevokeAsync(id, context.User.Identity!.Name!, context.RequestAborted))
        {
            throw NoKey(id);
        }
    }

    private static async Task RotateAsync(HttpContext context, string id)
    {
        new Query(context).Done();
        var body = JsonBody.IsIn(context) ? JsonBody.Parse<KeyRotation>(await JsonBody.ReadAsync(context)) : new();
        var (secret, formerUntil) = await GiveNewSecretAsync(context, id, body.OverlapS ?? OverlapDefaultS);
        await context.WriteJsonAsync(200, new { id, secret, formerUntil });
    }

    /// <summary>Gives a key a new secret. The former one stays good for some seconds more.</summary>
    internal static async Task<(string Secret, DateTimeOffset FormerUntil)> GiveNewSecretAsync(HttpContext context, string id, int overlapS)
    {
        if (overlapS is < 0 or > OverlapMaxS)
        {
            throw Invalid("overlapS", $"is from 0 to {OverlapMaxS} seconds.");
        }

        var formerUntil = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().AddSeconds(overlapS);
        return (await context.RequestServices.GetRequiredService<AccessKeys>().RotateAsync(id, formerUntil, context.User.Identity!.Name!, context.RequestAborted) ?? throw NoKey(id), formerUntil);
    }

    private static async Task<bool> IsRecordedAsync(string party, StreamStates states, CancellationToken cancellationToken) =>
        (await states.KnownAsync(Ids.PartyStream(party), s => s.Version > 0, cancellationToken)).Version > 0;

    private static ProblemException Invalid(string field, string message) => new(Problem.BadRequest("invalid", $"{field} {message}", field));

    private static ProblemException NoKey(string id) => new(Problem.NotFound($"There is no key {id} in force; GET /v1/keys lists them."));
}
