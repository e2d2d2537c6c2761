using System.Reflection;

namespace Ledger.Store;

/// <summary>
/// An assembly in which migrations are embedded: <c>{Prefix}.Migrations.NNNN_name.sql</c> (forward only, in order of number) and
/// <c>{Prefix}.Functions.name.sql</c> (run again when their text changes).
/// </summary>
/// <param name="Assembly">The assembly that holds the resources.</param>
/// <param name="Prefix">The prefix of their names, such as <c>Ledger.Server.Sql</c>.</param>
public sealed record SqlSource(Assembly Assembly, string Prefix);
