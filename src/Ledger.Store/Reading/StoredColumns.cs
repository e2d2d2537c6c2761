namespace Ledger.Store;

/// <summary>What stands beside an event's data in its row, as another writer too may have left it.</summary>
/// <param name="Headers">JSON text in UTF-8; null where there is none.</param>
/// <param name="Correlation">The text of <c>correlation_id</c>.</param>
/// <param name="Causation">The text of <c>causation_id</c>.</param>
/// <param name="OthersAreDefault">
/// Whether the columns that Marten has and the append function leaves alone stand at their defaults: whoever writes there changes what a
/// Marten application sees.
/// </param>
public sealed record StoredColumns(byte[]? Headers, string? Correlation, string? Causation, bool OthersAreDefault);
