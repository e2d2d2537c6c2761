namespace Ledger.Server;

/// <summary>What an operator may set of the desk.</summary>
internal sealed record DeskSettings
{
    /// <summary>Whether a notice that is written at the desk is recorded only when another principal has approved it.</summary>
    public bool NoticesNeedApproval { get; init; } = true;

    internal static DeskSettings From(IConfiguration configuration) => new() { NoticesNeedApproval = configuration.GetValue("Ledger:Desk:NoticesNeedApproval", true) };
}
