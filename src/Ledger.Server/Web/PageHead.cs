namespace Ledger.Server;

/// <summary>What a page says of itself to search engines, to sites that show a card of it, and in the browser's title.</summary>
/// <param name="Site">The address of this server.</param>
/// <param name="Path">The page's own path, without the moment that it is read at.</param>
/// <param name="Title">In plain text.</param>
/// <param name="Description">In plain text, a sentence or two.</param>
public sealed record PageHead(string Site, string Path, string Title, string Description)
{
    /// <summary>schema.org as JSON-LD; null where the page is of no one thing.</summary>
    public string? JsonLd { get; init; }

    /// <summary>The address of the same as data.</summary>
    public string? Data { get; init; }

    /// <summary>Whether the page is for the one who is signed in, and for no search engine or feed reader.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Modules that add motion; every page works without.</summary>
    public IReadOnlyList<string> Scripts { get; init; } = [];

    internal static PageHead Of(ReadCall call, string title, string description) =>
        new(PageWriter.SiteOf(call.Context), call.Context.Request.Path.Value!, title, description);
}

/// <summary>The moment that a page is read at, as its address says it; links inside the page keep it.</summary>
public sealed record PageMoment(string? AsOf, string? KnownAt)
{
    /// <summary>Whether the reader asked for another moment than now.</summary>
    public bool IsPast => AsOf is not null || KnownAt is not null;

    /// <summary>The query that asks for it.</summary>
    public string Suffix => QueryString.Create(
        new Dictionary<string, string?> { ["asOf"] = AsOf, ["knownAt"] = KnownAt }.Where(p => p.Value is not null)).ToString();

    internal static PageMoment Of(ReadCall call) => new(call.Query.Text("asOf"), call.Query.Text("knownAt"));
}

/// <summary>The names of the parties that a page mentions.</summary>
public sealed record PartyNames(IReadOnlyDictionary<string, string> ById)
{
    /// <summary>The name of a party; its id where none is known at the moment.</summary>
    public string Of(string id) => ById.GetValueOrDefault(id, id);

    internal static async Task<PartyNames> OfAsync(ReadCall call, IEnumerable<string?> ids, ReadPoint point) =>
        new((await PartyView.AllAtAsync(call, [.. ids.OfType<string>().Distinct(StringComparer.Ordinal)], point)).ToDictionary(p => p.Id, p => p.Name, StringComparer.Ordinal));
}

/// <summary>Why a page cannot be shown.</summary>
public sealed record ProblemPage(string Site, int Status, string Title, string Detail, string? KnownFrom);
