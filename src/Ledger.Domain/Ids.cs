using System.Text.RegularExpressions;

namespace Ledger.Domain;

/// <summary>Ids chosen by clients, and the names of the streams that they give.</summary>
public static partial class Ids
{
    /// <summary>The stream of a party.</summary>
    public static string PartyStream(string id) => $"party-{id}";

    /// <summary>The stream of a source.</summary>
    public static string SourceStream(string id) => $"source-{id}";

    /// <summary>The stream of an assertion.</summary>
    public static string AssertionStream(string id) => $"assertion-{id}";

    /// <summary>The stream of the requests that were refused.</summary>
    public const string RefusalsStream = "access-refused";

    /// <summary>Whether a stream tells of access to the ledger itself: of a key, whose id is the name of its stream, or of refused requests.</summary>
    public static bool IsOfAccess(string stream) => stream.StartsWith("key-", StringComparison.Ordinal) || stream == RefusalsStream;

    /// <summary>The type and the id in a stream's name: <c>assertion-t06</c> is of type <c>assertion</c>, id <c>t06</c>.</summary>
    public static (string Type, string Id) OfStream(string stream)
    {
        var dash = stream.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? ("", stream) : (TypeOf(stream.AsSpan(0, dash)), stream[(dash + 1)..]);
    }

    /// <summary>Whether the text is an id: lower-case letters, digits and dashes, 2 to 80 of them, not starting with a dash.</summary>
    public static bool IsId(string text) => IdForm().IsMatch(text);

    /// <summary>One string for each type, not one for each stream that is looked at.</summary>
    private static string TypeOf(ReadOnlySpan<char> type) => type switch { "assertion" => "assertion", "source" => "source", "party" => "party", _ => type.ToString() };

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{1,79}\\z")]
    private static partial Regex IdForm();
}
