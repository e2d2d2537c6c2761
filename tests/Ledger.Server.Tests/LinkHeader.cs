namespace Ledger.Server.Tests;

/// <summary>A link of a Link header or of application/link-format: its target, and its parameters by lower-case name.</summary>
internal sealed record ParsedLink(string Target, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The relation types, which one parameter may list.</summary>
    internal IReadOnlyList<string> Relations => Parameters["rel"].Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>
/// Reads links by the grammar of RFC 8288, section 3: commas separate links and may also stand inside targets and quoted strings; a
/// backslash quotes the next character; parameters may be bare tokens. What does not fit is an error, not a link less.
/// </summary>
internal sealed class LinkHeader
{
    private readonly string _text;
    private int _at;

    private LinkHeader(string text) => _text = text;

    internal static IReadOnlyList<ParsedLink> Parse(string text) => new LinkHeader(text).All();

    private List<ParsedLink> All()
    {
        var links = new List<ParsedLink>();
        Space();
        while (_at < _text.Length)
        {
            links.Add(One());
            Space();
            if (_at < _text.Length)
            {
                Expect(',');
                Space();
            }
        }

        return links;
    }

    private ParsedLink One()
    {
        Expect('<');
        var target = Until('>');
        Expect('>');
        var parameters = new Dictionary<string, string>();
        Space();
        while (_at < _text.Length && _text[_at] == ';')
        {
            _at++;
            Space();
            var name = Token();
            Space();
            Expect('=');
            Space();
            parameters.Add(name.ToLowerInvariant(), _at < _text.Length && _text[_at] == '"' ? Quoted() : Token());
            Space();
        }

        return new(target, parameters);
    }

    private string Quoted()
    {
        Expect('"');
        var value = new System.Text.StringBuilder();
        while (_at < _text.Length && _text[_at] != '"')
        {
            value.Append(_text[_at] == '\\' ? _text[++_at] : _text[_at]);
            _at++;
        }

        Expect('"');
        return value.ToString();
    }

    private string Token()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || "!#$%&'*+-.^_`|~".Contains(_text[_at], StringComparison.Ordinal)))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw new FormatException($"A token is expected at {_at} of: {_text}");
    }

    private string Until(char end)
    {
        var start = _at;
        _at = _text.IndexOf(end, _at) is var found and >= 0 ? found : throw new FormatException($"There is no {end} after {start} in: {_text}");
        return _text[start.._at];
    }

    private void Expect(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
        {
            throw new FormatException($"{c} is expected at {_at} of: {_text}");
        }

        _at++;
    }

    private void Space()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }
}
