namespace Ledger.Store;

/// <summary>The other columns of an event's row, exactly as stored. Another program may have written them.</summary>
/// <param name="Headers">JSON text in UTF-8; null where there is none.</param>
/// <param name="Correlation">The text of <c>correlation_id</c>.</param>
/// <param name="Causation">The text of <c>causation_id</c>.</param>
/// <param name="OthersAreDefault">
/// Whether the columns of Marten that the append function does not set have their default values. A change there would change what a
/// Marten application sees.
/// </param>
public sealed record StoredColumns(byte[]? Headers, string? Correlation, string? Causation, bool OthersAreDefault);
