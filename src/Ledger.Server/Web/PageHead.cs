namespace Ledger.Server;

/// <summary>The metadata of a page for search engines, for sites that show a preview card, and for the browser's title.</summary>
/// <param name="Site">The address of this server.</param>
/// <param name="Path">The path of the page, without the requested moment.</param>
/// <param name="Title">The title in plain text.</param>
/// <param name="Description">A description in plain text, one or two sentences.</param>
public sealed record PageHead(string Site, string Path, string Title, string Description)
{
    /// <summary>The schema.org data as JSON-LD. Null if the page is not about one single thing.</summary>
    public string? JsonLd { get; init; }

    /// <summary>The address of the same content as data.</summary>
    public string? Data { get; init; }

    /// <summary>Whether the page is only for the person who is signed in, and not for search engines and feed readers.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The script modules of the page. Every page works without them.</summary>
    public IReadOnlyList<string> Scripts { get; init; } = [];

    internal static PageHead Of(ReadCall call, string title, string description) =>
        new(PageWriter.SiteOf(call.Context), call.Context.Request.Path.Value!, title, description);
}

/// <summary>The moment that a page shows, as given in its address. Links inside the page keep it.</summary>
public sealed record PageMoment(string? AsOf, string? KnownAt)
{
    /// <summary>Whether the reader asked for a moment other than now.</summary>
    public bool IsPast => AsOf is not null || KnownAt is not null;

    /// <summary>The query that asks for it.</summary>
    public string Suffix => QueryString.Create(
        new Dictionary<string, string?> { ["asOf"] = AsOf, ["knownAt"] = KnownAt }.Where(p => p.Value is not null)).ToString();

    internal static PageMoment Of(ReadCall call) => new(call.Query.Text("asOf"), call.Query.Text("knownAt"));
}

/// <summary>The names of the parties that a page mentions.</summary>
public sealed record PartyNames(IReadOnlyDictionary<string, string> ById)
{
    /// <summary>The name of a party, or its id if no name is known at the requested moment.</summary>
    public string Of(string id) => ById.GetValueOrDefault(id, id);

    internal static async Task<PartyNames> OfAsync(ReadCall call, IEnumerable<string?> ids, ReadPoint point) =>
        new((await PartyView.AllAtAsync(call, [.. ids.OfType<string>().Distinct(StringComparer.Ordinal)], point)).ToDictionary(p => p.Id, p => p.Name, StringComparer.Ordinal));
}

/// <summary>Why a page cannot be shown.</summary>
public sealed record ProblemPage(string Site, int Status, string Title, string Detail, string? KnownFrom);
