using System.CommandLine;

namespace Ledger.Cli;

/// <summary>The options that every command takes: the address of the ledger, the key, and the form of the output.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string> _url = new("--url")
    {
        Description = "Where the ledger is (or LEDGER_URL)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("LEDGER_URL") ?? LedgerCommand.DefaultUrl,
        Recursive = true,
    };

    private readonly Option<string?> _key = new("--key")
    {
        Description = "The access key (or LEDGER_KEY)",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("LEDGER_KEY"),
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Answer in JSON", Recursive = true };

    private readonly Option<string> _state = new("--state")
    {
        Description = "Where keys and heads of logs are remembered",
        DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "claims-ledger"),
        Recursive = true,
    };

    private readonly Option<string?> _verifierKey = new("--verifier-key") { Description = "The log's verifier key; without it the first one seen is remembered", Recursive = true };

    internal void AddTo(RootCommand root)
    {
        foreach (var option in new Option[] { _url, _key, _json, _state, _verifierKey })
        {
            root.Options.Add(option);
        }
    }

    internal bool Json(ParseResult parsed) => parsed.GetValue(_json);

    internal string? VerifierKey(ParseResult parsed) => parsed.GetValue(_verifierKey);

    internal LedgerConnection Client(ParseResult parsed, string? url = null) => new(url ?? parsed.GetValue(_url)!, parsed.GetValue(_key));

    internal RememberedLogs Remembered(ParseResult parsed) => new(parsed.GetValue(_state)!);
}
