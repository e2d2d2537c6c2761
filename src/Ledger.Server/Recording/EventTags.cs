using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>The words by which feeds and subscriptions select an event, written beside it at append, so that no lagging projection is asked.</summary>
internal static class EventTags
{
    /// <summary>The tags of an event, from the state that it leaves.</summary>
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

    /// <summary>How material a change is to whoever relies on the assertion; null where the event changes nothing that was said.</summary>
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
