using System.Text.Json;
using Ledger.Domain;

namespace Ledger.Server;

/// <summary>An assertion in a list: what it says, and its label. The label always comes with its summary.</summary>
public sealed record ListedCard(string Id, string Proposition, string Publisher, string Label, string Summary, DateTimeOffset ChangedAt, long Position)
{
    internal static ListedCard Of(JsonElement item) => new(
        Text(item, "id"), Text(item, "proposition"), Text(item, "publisher"), Text(item, "label"), Text(item, "summary"),
        WireTime.TryParse(Text(item, "changedAt"), out var at) ? at : throw new InvalidOperationException("An item of a list has no changedAt."),
        item.GetProperty("position").GetInt64());

    internal static ListedCard Of(Assertion state)
    {
        var (label, summary) = StandingLabel.Of(state);
        return new(state.Id, state.Content.Proposition, ProvenanceGraph.Claim(state).Publisher, label, summary, state.RecordedAt, state.Position);
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
