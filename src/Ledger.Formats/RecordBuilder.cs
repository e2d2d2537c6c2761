using System.Text.Json.Nodes;
using Ledger.Domain;

namespace Ledger.Formats;

/// <summary>Builds one record: its commands in order, the identities that they name, and the findings about it.</summary>
/// <param name="number">The number of the record in its file, from 1.</param>
/// <param name="line">The line on which it begins; null where the format has none.</param>
internal sealed class RecordBuilder(long number, long? line)
{
    private const int NameLengthMax = 200;

    private readonly List<ArchiveCommand> _commands = [];
    private readonly Dictionary<string, Identity> _identities = new(StringComparer.Ordinal);
    private readonly List<Finding> _unclear = [];
    private Finding? _refusal;

    /// <summary>The name of the record in a report.</summary>
    internal string? Name { get; set; }

    internal bool IsRefused => _refusal is not null;

    /// <summary>Adds a finding about something unclear.</summary>
    internal void Unclear(string? field, string reason) => _unclear.Add(new(field, reason));

    /// <summary>Refuses the record with a reason. The first reason is kept.</summary>
    internal void Refuse(string? field, string reason) => _refusal ??= new(field, reason);

    /// <summary>A trimmed text; null where there is none. A text beyond the ledger's limit refuses the record.</summary>
    internal string? Text(string? text, string field, int codePointsMax = Limits.StatementCodePointsMax)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var given = text.Trim();
        if (given.Length > codePointsMax && CodePoints.Count(given) > codePointsMax)
        {
            Refuse(field, $"It has more than {codePointsMax} code points, the ledger's limit; nothing is cut.");
        }
        else if (!CodePoints.IsWellFormed(given))
        {
            Refuse(field, "It holds a lone surrogate or a NUL.");
        }

        return given;
    }

    /// <summary>The same with the limit of a title, a name or a reason.</summary>
    internal string? Line(string? text, string field) => Text(text, field, Limits.LineCodePointsMax);

    /// <summary>A time; null where there is none. A doubt about it is added to the findings.</summary>
    internal string? Time(string? text, string field)
    {
        var time = Dates.Read(text, out var doubt);
        if (doubt is not null)
        {
            Unclear(field, doubt);
        }

        return time;
    }

    /// <summary>A web address, resolved against a base address; null where there is none.</summary>
    internal string? Url(string? text, string field, Uri? baseAddress = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var isUri = baseAddress is null ? Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) : Uri.TryCreate(baseAddress, text.Trim(), out uri);
        if (isUri && uri!.Scheme is "http" or "https" && uri.OriginalString.Length <= Limits.LineCodePointsMax)
        {
            return uri.IsAbsoluteUri && text.Trim().StartsWith(uri.Scheme, StringComparison.OrdinalIgnoreCase) ? text.Trim() : uri.AbsoluteUri;
        }

        Unclear(field, baseAddress is null ? "It is no absolute web address, and the address of the file is not known to resolve it against." : "It is no web address.");
        return null;
    }

    /// <summary>Adds a party, which is recorded where the ledger has none of its names.</summary>
    /// <returns>Its id.</returns>
    internal string Party(Identity identity, string? name, string kind, string field)
    {
        string[] addresses = [.. identity.Names.Where(n => !n.Contains('#', StringComparison.Ordinal)).Take(Limits.ItemsMax)];
        return IfAbsent("recordParty", identity, null, new()
        {
            ["id"] = identity.Id, ["name"] = Line(name, field) ?? identity.Names[0], ["kind"] = kind, ["aliases"] = new JsonArray([.. addresses.Select(a => (JsonNode)a)]),
        });
    }

    /// <summary>Adds a work with its first version, which are recorded where the ledger has none of the work's names.</summary>
    /// <returns>Its id.</returns>
    internal string Source(Identity identity, string publisher, WorkEntry work)
    {
        var id = IfAbsent("registerSource", identity, null, Without(new()
        {
            ["id"] = identity.Id, ["kind"] = work.Kind, ["title"] = work.Title, ["publisher"] = publisher, ["url"] = work.Url,
            ["identifiers"] = new JsonArray([.. identity.Names.Where(n => !n.StartsWith("https:", StringComparison.Ordinal)).Take(Limits.ItemsMax).Select(n => (JsonNode)n)]),
            ["language"] = work.Language, ["publishedAt"] = work.PublishedAt?.DeepClone(),
        }));
        Add("captureVersion", id, $"version:{id}", Without(new()
        {
            ["edition"] = work.Edition, ["publishedAt"] = work.PublishedAt?.DeepClone(), ["seen"] = work.Text is not null, ["text"] = work.Text, ["url"] = work.Url,
        }), ifAbsent: true);
        return id;
    }

    /// <summary>Adds a claim of the first version of a work, which is recorded where the ledger has none of its names.</summary>
    /// <returns>Its id.</returns>
    internal string Claim(Identity identity, string source, string proposition, ClaimEntry claim) => IfAbsent("recordClaim", identity, null, Without(new()
    {
        ["id"] = identity.Id, ["proposition"] = proposition, ["source"] = new JsonObject { ["id"] = source, ["version"] = 1 }, ["part"] = claim.Part,
        ["attribution"] = claim.Attribution, ["language"] = claim.Language,
        ["topics"] = claim.Topics is { Count: > 0 } topics ? new JsonArray([.. topics.Select(t => (JsonNode)t)]) : null, ["publishedAt"] = claim.PublishedAt?.DeepClone(),
    }));

    /// <summary>Adds a command, which is recorded once under its key.</summary>
    internal void Add(string command, string? target, string key, JsonObject body, bool ifAbsent = false) =>
        _commands.Add(new(command, target, key, Without(body)) { IfAbsent = ifAbsent });

    /// <summary>Adds the withdrawal of an earlier event of an assertion.</summary>
    internal void Withdraw(string key, OpenEvent? open, JsonObject body, string? withdraws = null) =>
        _commands.Add(new("withdrawEvent", null, key, Without(body)) { WithdrawsOpen = open, Withdraws = withdraws });

    /// <summary>Adds a notice about one assertion. A correction without the words before and after is recorded as an update.</summary>
    internal void Notice(string assertion, string publisher, string key, NoticeEntry notice)
    {
        var hasWords = notice.Before is not null && notice.After is not null && notice.Before != notice.After;
        var kind = notice.Kind == "correction" && !hasWords ? "update" : notice.Kind;
        if (kind != notice.Kind)
        {
            Unclear(null, "The correction does not say which words became which: its own words are recorded, as an update.");
        }

        var body = new JsonObject
        {
            ["publisher"] = publisher, ["text"] = notice.Text, ["url"] = notice.Url, ["reason"] = notice.Reason, ["citation"] = notice.Citation,
            ["publishedAt"] = notice.PublishedAt?.DeepClone(),
        };
        if (kind is "retraction" or "concern")
        {
            Add(kind == "retraction" ? "retractAssertion" : "expressConcern", assertion, key, body);
            return;
        }

        body["kind"] = kind;
        body["changes"] = hasWords ? new JsonArray(new JsonObject { ["field"] = "proposition", ["before"] = notice.Before, ["after"] = notice.After }) : null;
        Add("correctAssertion", assertion, key, body);
    }

    /// <summary>The finished record.</summary>
    internal ArchiveRecord Build() => new()
    {
        Number = number,
        Line = line,
        Name = Name is null ? $"record {number}" : Name.Length <= NameLengthMax ? Name : Name[..NameLengthMax] + "…",
        Commands = IsRefused ? [] : _commands,
        Identities = IsRefused ? new Dictionary<string, Identity>(0) : _identities,
        Refusal = _refusal,
        Unclear = _unclear,
    };

    /// <summary>A record with only a refusal.</summary>
    internal static ArchiveRecord Refused(long number, long? line, string? name, Finding finding)
    {
        var record = new RecordBuilder(number, line) { Name = name };
        record.Refuse(finding.Field, finding.Reason);
        return record.Build();
    }

    private string IfAbsent(string command, Identity identity, string? target, JsonObject body)
    {
        if (_identities.TryAdd(identity.Id, identity))
        {
            Add(command, target, $"{(identity.Kind == "assertion" ? "claim" : identity.Kind)}:{identity.Id}", body, ifAbsent: true);
        }

        return identity.Id;
    }

    private static JsonObject Without(JsonObject body)
    {
        foreach (var name in body.Where(p => p.Value is null or JsonArray { Count: 0 } && p.Key != "attribution").Select(p => p.Key).ToList())
        {
            body.Remove(name);
        }

        return body;
    }
}

/// <summary>What a record says about a work.</summary>
internal sealed record WorkEntry(string Kind, string Title, string? Url)
{
    public string? Language { get; init; }

    public string Edition { get; init; } = "online";

    public JsonNode? PublishedAt { get; init; }

    /// <summary>The text, where the record has it. It is hashed and not kept.</summary>
    public string? Text { get; init; }
}

/// <summary>What a record says about a claim, apart from its words.</summary>
internal sealed record ClaimEntry(JsonArray Attribution)
{
    public string? Part { get; init; }

    public string? Language { get; init; }

    public IReadOnlyList<string>? Topics { get; init; }

    public JsonNode? PublishedAt { get; init; }
}

/// <summary>What a record says about a publisher's notice.</summary>
/// <param name="Kind">The kind: correction, clarification, update, retraction or concern.</param>
/// <param name="Text">The words of the notice.</param>
/// <param name="Reason">The reason, as far as the record gives one.</param>
internal sealed record NoticeEntry(string Kind, string Text, string Reason)
{
    public string? Url { get; init; }

    /// <summary>A text that tells where the notice is found, where it has no address of its own.</summary>
    public string? Citation { get; init; }

    public JsonNode? PublishedAt { get; init; }

    public string? Before { get; init; }

    public string? After { get; init; }
}
