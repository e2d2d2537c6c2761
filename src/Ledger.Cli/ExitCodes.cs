namespace Ledger.Cli;

/// <summary>What the process says to scripts.</summary>
internal static class ExitCodes
{
    /// <summary>Done, and everything is as it should be.</summary>
    internal const int Ok = 0;

    /// <summary>The log, a receipt or a head is not what was signed, or two heads cannot both be true.</summary>
    internal const int Tampered = 1;

    /// <summary>The command line was not understood.</summary>
    internal const int Usage = 2;

    /// <summary>The ledger could not be reached, or refused the request.</summary>
    internal const int Failed = 3;
}

/// <summary>Ends a command with a message for people.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}
