namespace Ledger.Cli;

/// <summary>The exit codes of the process, for scripts.</summary>
internal static class ExitCodes
{
    /// <summary>Success, without a finding.</summary>
    internal const int Ok = 0;

    /// <summary>The log, a receipt or a head differs from what was signed, or two heads contradict each other.</summary>
    internal const int Tampered = 1;

    /// <summary>The command line was not understood.</summary>
    internal const int Usage = 2;

    /// <summary>The ledger could not be reached, or refused the request.</summary>
    internal const int Failed = 3;
}

/// <summary>Ends a command with a message for people and an exit code.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}
