using Ledger.Domain;

namespace Ledger.Server;

/// <summary>Gives the id of something new: the client's own id after a check, or a new UUIDv7.</summary>
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
