using System.Text;
using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Appends what happens to keys, before it happens. A change that nobody could prove afterwards is thus never made.</summary>
internal sealed class AccessLog(EventStore store)
{
    /// <summary>Appends an event to the stream of a key, or of the refusals.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="e">What happens.</param>
    /// <param name="by">The principal.</param>
    /// <param name="once">A text under which the event is appended only once; null where each time counts.</param>
    /// <param name="cancellationToken">Cancels the append.</param>
    /// <exception cref="StoreUnavailableException">The database is unavailable; nothing was appended.</exception>
    internal Task AppendAsync(string stream, LedgerEvent e, string by, string? once, CancellationToken cancellationToken)
    {
        NewEvent stored = new(Guid.CreateVersion7(), EventTypes.NameOf(e), EventTypes.SerializeToUtf8(e), new() { RecordedBy = by });
        return store.AppendAsync(
            new([new(stream, Ids.OfStream(stream).Type, null, [stored])]) { Key = once is null ? null : new(AccessRefusals.Principal, once, Encoding.UTF8.GetBytes(once)) },
            cancellationToken);
    }
}
