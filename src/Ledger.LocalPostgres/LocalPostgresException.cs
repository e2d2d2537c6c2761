namespace Ledger.LocalPostgres;

/// <summary>The private PostgreSQL cannot be found, started or used; the message is one line that says why and how to mend it.</summary>
public sealed class LocalPostgresException(string message, Exception? cause = null) : Exception(message, cause);
