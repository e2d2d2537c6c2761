using Ledger.Domain;
using Ledger.Transparency;

namespace Ledger.Server;

/// <summary>Receipts of single events, and proofs that a later head contains an earlier one.</summary>
internal static class ProofRoutes
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/v1/proofs/consistency", "Prove that a head contains an earlier one", ConsistencyAsync).WithTags("Proof");
        routes.MapRead("/v1/proofs/{position:long}", "A receipt of an event (C2SP tlog-proof)", ReceiptAsync).WithTags("Proof");
    }

    private static async Task ReceiptAsync(ReadCall call)
    {
        call.Query.Done();
        var position = long.Parse(call.Route("position"), System.Globalization.CultureInfo.InvariantCulture);
        var receipt = await ReceiptOfAsync(call, position);
        call.Response.Headers.ContentDisposition = $"inline; filename=\"event-{position}.tlog-proof\"";
        await call.Response.WriteWholeAsync(receipt.ToBytes(), "text/plain; charset=utf-8", call.Cancelled);
    }

    /// <summary>
    /// The receipt of an event that this reader may see, under the newest signed head. Waits, for a bounded time, until that head covers the event.
    /// </summary>
    private static async Task<EventReceipt> ReceiptOfAsync(ReadCall call, long position)
    {
        var head = position < 1 ? 0 : await call.Store.HeadAsync(call.Cancelled);
        if (position < 1 || position > head)
        {
            throw new ProblemException(Problem.NotFound($"No event is recorded at position {position}; the log stands at {await call.Store.HeadAsync(call.Cancelled)}."));
        }

        var restricted = await call.RestrictedAsync();
        if (!restricted.IsEmpty && await call.Store.ReadEventAsync(position, call.Cancelled) is { } recorded && !restricted.HidesStream(recorded.Stream) && restricted.Hides(recorded))
        {
            throw new ProblemException(Problem.Restricted($"Access to the event at {position} is restricted for now; readers with the audit scope still see it."));
        }

        var receipt = (await call.Service<Receipts>().OfAsync([position], position, call.Cancelled)).Receipts[0];
        return restricted.HidesStream(receipt.Event.Stream)
            ? throw new ProblemException(Problem.Restricted($"The event at {position} is about access to the ledger; readers with the audit scope see it."))
            : receipt;
    }

    private static async Task ConsistencyAsync(ReadCall call)
    {
        var heads = call.Service<SignedHeads>();
        var head = await heads.CurrentAsync(call.Cancelled);
        var to = call.Query.Number("to", head.Checkpoint.Size, 1, head.Checkpoint.Size);
        var from = call.Query.Number("from", 1, 1, to);
        call.Query.Done();
        await heads.CoveringAsync(to, call.Cancelled); // Tiles are stored together with their head.
        var reader = TileStore.Reader(call.Store.DataSource, to);
        var proof = await MerkleProofs.ConsistencyAsync(reader, from, to, call.Cancelled);
        var body = new
        {
            from,
            fromRoot = (await MerkleProofs.RootAsync(reader, from, call.Cancelled)).ToString(),
            to,
            toRoot = (await MerkleProofs.RootAsync(reader, to, call.Cancelled)).ToString(),
            proof = proof.Select(p => p.ToString()),
        };
        await call.Response.WriteWholeAsync(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(body, DomainJson.Stored), "application/json", call.Cancelled);
    }
}
