using Ledger.Domain;
using Ledger.Store;

namespace Ledger.Server;

/// <summary>Captures a version of a work.</summary>
internal static class CaptureVersionRoute
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapCommand<CaptureVersion>("/v1/sources/{id}/versions", "Capture a version of a source", CaptureAsync);

    /// <summary>
    /// If the version has a text, the evidence that is pinned to earlier versions is searched in it. The outcome is part of the same event.
    /// </summary>
    private static async Task<Answer> CaptureAsync(CommandCall call, CaptureVersion command)
    {
        var (id, services) = (call.Route("id"), call.Context.RequestServices);
        Commands.RequireId(id);
        IReadOnlyList<PinnedEvidence> pinned = command.Text is null ? [] : await PinnedEvidenceQuery.OfAsync(
            services.GetRequiredService<EventStore>(), services.GetRequiredService<ProjectionPositions>(), id, call.Context.RequestAborted);
        return await call.Commands.OnSourceAsync(call, id, command, (source, c) => Source.Decide(source, command, c with { PinnedEvidence = pinned }));
    }
}
