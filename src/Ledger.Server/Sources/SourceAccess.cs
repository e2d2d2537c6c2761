namespace Ledger.Server;

/// <summary>Whether a reader may see a source.</summary>
internal static class SourceAccess
{
    /// <summary>Ends with 404 for an id that cannot be, and with 451 where this reader may not see the source.</summary>
    internal static async Task RequireReadableAsync(ReadCall call, string source)
    {
        Commands.RequireId(source);
        if ((await call.RestrictedAsync()).Sources.Contains(source))
        {
            throw new ProblemException(Problem.Restricted($"Access to {source} is restricted for now; readers with the audit scope still see it."));
        }
    }
}
