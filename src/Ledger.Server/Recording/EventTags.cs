using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>
/// The tags by which feeds and subscriptions select an event. They are stored with the event at the append, so that selecting does not depend on a
/// projection that may lag.
/// </summary>
internal static class EventTags
{
    /// <summary>The tags of an event, from the state after the event.</summary>
    internal static IReadOnlyList<string> Of(StreamState state, LedgerEvent e)
    {
        var tags = new List<string>();
        switch (state)
        {
            case StreamState.OfAssertion { State: { Claim.Event: ClaimRecorded claim } assertion }:
                tags.Add("assertion:" + assertion.Id);
                tags.Add("publisher:" + claim.Publisher);
                tags.Add("source:" + claim.Source.Id);
                foreach (var attribution in assertion.Content.Attribution)
                {
                    AddParty(attribution.Party);
                }

                foreach (var topic in assertion.Content.Topics)
                {
                    tags.Add("topic:" + topic);
                }

                break;
            case StreamState.OfSource { State: { Registered: { } registered } source }:
                tags.Add("source:" + source.Id);
                tags.Add("publisher:" + registered.Publisher);
                break;
            default:
                break;
        }

        AddParty(PartyOf(e));
        if (MaterialityOf(e) is { } materiality)
        {
            tags.Add("materiality:" + JsonNamingPolicy.CamelCase.ConvertName(materiality.ToString()));
        }

        tags.Sort(StringComparer.Ordinal);
        for (var i = tags.Count - 1; i > 0; i--)
        {
            if (tags[i] == tags[i - 1])
            {
                tags.RemoveAt(i);
            }
        }

        return tags;

        void AddParty(string? party)
        {
            if (party is not null)
            {
                tags.Add("party:" + party);
            }
        }
    }

    /// <summary>How material a change is for those who rely on the assertion. Null if the event does not change what was said.</summary>
    internal static Materiality? MaterialityOf(LedgerEvent e) => e switch
    {
        CorrectionIssued correction => correction.Materiality,
        RetractionIssued or ConcernExpressed or DenialRecorded or UpstreamChanged => Materiality.Substantive,
        Linked { SupersededBy: not null } => Materiality.Substantive,
        Withdrawn { EventType: "denial_recorded" or "retraction_issued" or "concern_expressed" } => Materiality.Substantive,
        _ => null,
    };

    private static string? PartyOf(LedgerEvent e) => e switch
    {
        ActionAnswered answer => answer.By,
        Withdrawn withdrawn => withdrawn.Party,
        _ => WithdrawEvent.PartyBehind(e),
    };
}
