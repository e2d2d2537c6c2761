namespace Ledger.LocalPostgres;

/// <summary>The private PostgreSQL cannot be found, started or used. The message is one line that tells the cause and the remedy.</summary>
public sealed class LocalPostgresException(string message, Exception? cause = null) : Exception(message, cause);
