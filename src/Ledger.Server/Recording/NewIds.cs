using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The ids of new things: the client's, checked, or a fresh UUIDv7.</summary>
internal static class NewIds
{
    internal static string Or(string? chosen) => chosen switch
    {
        null => Guid.CreateVersion7().ToString(),
        _ when Ids.IsId(chosen) => chosen,
        _ => throw new ProblemException(Problem.BadRequest("invalid",
            "id: must match [a-z0-9][a-z0-9-]{1,79}: lower-case letters, digits and dashes; or leave it out.", "id")),
    };
}
