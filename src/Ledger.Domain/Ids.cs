using System.Text.RegularExpressions;

namespace Ledger.Domain;

/// <summary>Ids that clients choose, and the stream names that follow from them.</summary>
public static partial class Ids
{
    /// <summary>The name of a party's stream.</summary>
    public static string PartyStream(string id) => $"party-{id}";

    /// <summary>The name of a source's stream.</summary>
    public static string SourceStream(string id) => $"source-{id}";

    /// <summary>The name of an assertion's stream.</summary>
    public static string AssertionStream(string id) => $"assertion-{id}";

    /// <summary>The name of the stream that counts refused requests.</summary>
    public const string RefusalsStream = "access-refused";

    /// <summary>
    /// Whether a stream is about access to the ledger itself: the stream of a key, which is named by the key's id, or that of refused requests.
    /// </summary>
    public static bool IsOfAccess(string stream) => stream.StartsWith("key-", StringComparison.Ordinal) || stream == RefusalsStream;

    /// <summary>The type and the id in a stream's name: <c>assertion-t06</c> is of type <c>assertion</c>, id <c>t06</c>.</summary>
    public static (string Type, string Id) OfStream(string stream)
    {
        var dash = stream.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? ("", stream) : (TypeOf(stream.AsSpan(0, dash)), stream[(dash + 1)..]);
    }

    /// <summary>Whether the text is an id: 2 to 80 lower-case letters, digits and dashes, the first of which is no dash.</summary>
    public static bool IsId(string text) => IdForm().IsMatch(text);

    /// <summary>Gives one shared string for each known type, instead of a new one for each stream.</summary>
    private static string TypeOf(ReadOnlySpan<char> type) => type switch { "assertion" => "assertion", "source" => "source", "party" => "party", _ => type.ToString() };

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{1,79}\\z")]
    private static partial Regex IdForm();
}
