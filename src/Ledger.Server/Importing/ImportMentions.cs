using System.Collections.Frozen;
using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>What a line names, found by one pass over its body: which lines must wait for it, and which streams it will need.</summary>
/// <param name="Ids">Every text that may be an id. A text that only looks like one makes a line wait, and nothing worse.</param>
/// <param name="Written">What the line writes to: lines that mention any of it wait for this one.</param>
/// <param name="Begins">The stream that it begins, if any. Most likely the stream is empty; the append finds out.</param>
/// <param name="Streams">
/// The other streams that its decision reads, as far as its field names tell. A stream missing here is read when it is needed.
/// </param>
/// <param name="HasLinks">Whether the line, beside a claim or a version, adds edges to the graph of derivation.</param>
internal sealed record ImportMentions(IReadOnlySet<string> Ids, IReadOnlySet<string> Written, string? Begins, IReadOnlyList<string> Streams, bool HasLinks)
{
    /// <summary>The greatest length of an id, also of an event's id.</summary>
    private const int IdBytesMax = 80;

    private const int DepthMax = 64;
    private const int NameLengthMax = 16;

    /// <summary>The names of members that matter here. Other names are not made into strings.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Names = FrozenSet.Create(
        StringComparer.Ordinal, "items", "links", "basedOn", "id", "party", "publisher", "by", "requester", "onBehalfOf", "to", "assertion", "statedIn", "of", "source", "sourceVersion")
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The name of the member at each depth, one array per thread.</summary>
    [ThreadStatic]
    private static string?[]? path;

    internal static ImportMentions Of(ImportLine line)
    {
        var (ids, streams) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        if (line.Target is { } target)
        {
            ids.Add(target);
            Add(streams, TargetType(line.Pattern), target);
        }

        var (own, items, links) = Scan(line, ids, streams);
        var begins = own is not null && TypeBegun(line.Command) is { } type ? $"{type}-{own}" : null;
        IReadOnlySet<string> written = line.Target is not null ? new HashSet<string>(StringComparer.Ordinal) { line.Target }
            : own is not null && !items ? new HashSet<string>(StringComparer.Ordinal) { own } : ids;
        return new(ids, written, begins, streams, links);
    }

    private static (string? Own, bool Items, bool Links) Scan(ImportLine line, HashSet<string> ids, List<string> streams)
    {
        var (own, items, links) = ((string?)null, false, false);
        var names = path ??= new string?[DepthMax + 2];
        var reader = new Utf8JsonReader(line.Body.Span);
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    names[depth] = Name(ref reader);
                    items |= depth == 1 && names[1] == "items";
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    names[depth + 1] = null;
                    links |= depth > 1 && names[1] is "links" or "basedOn";
                    break;
                case JsonTokenType.String when depth > 0 && reader.ValueSpan.Length <= IdBytesMax && !reader.ValueIsEscaped:
                    var text = reader.GetString()!;
                    if (Domain.Ids.IsId(text))
                    {
                        ids.Add(text);
                        own = depth == 1 && names[1] == "id" ? text : own;
                        Add(streams, TypeOf(names, depth), text);
                    }
                    else if (Guid.TryParse(text, out _))
                    {
                        ids.Add(text);
                    }

                    break;
                default:
                    break;
            }
        }

        return (own, items, links);
    }

    /// <summary>The current name if it is one of <see cref="Names"/>; otherwise an empty text.</summary>
    private static string Name(ref Utf8JsonReader reader)
    {
        Span<char> name = stackalloc char[NameLengthMax];
        return reader.ValueSpan.Length <= NameLengthMax && !reader.ValueIsEscaped && Names.TryGetValue(name[..reader.CopyString(name)], out var known) ? known : "";
    }

    private static void Add(List<string> streams, string? type, string id)
    {
        if (type is not null && Domain.Ids.IsId(id))
        {
            streams.Add($"{type}-{id}");
        }
    }

    private static string? TargetType(string pattern) =>
        pattern.StartsWith("/v1/assertions/", StringComparison.Ordinal) ? "assertion" : pattern.StartsWith("/v1/sources/", StringComparison.Ordinal) ? "source" : null;

    private static string? TypeBegun(string command) => command switch { "recordParty" => "party", "registerSource" => "source", "recordClaim" => "assertion", _ => null };

    private static string? TypeOf(string?[] names, int depth) => (names[depth] ?? names[depth - 1]) switch
    {
        "party" or "publisher" or "by" or "requester" or "onBehalfOf" => "party",
        "to" or "assertion" or "statedIn" or "of" => "assertion",
        "source" => "source",
        "id" when names[depth - 1] is "source" or "sourceVersion" => "source",
        _ => null,
    };
}
