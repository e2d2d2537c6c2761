using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Sources;

/// <summary>A version that is known to exist, and was never captured, is written as <c>"unseen"</c> and read back as such.</summary>
public class UnseenVersionSpecs
{
    private static SourceRegistered Registered { get; } = new() { Publisher = Publisher };

    [Fact]
    public void A_link_to_an_unseen_version_survives_its_stored_form()
    {
        var linked = new Linked { To = new(null, new("telegraph-online", null)), Via = new("telegraph-online", null), LinkedBy = "key-desk" };
        EventTypes.Serialize(linked).ShouldBe(
            """{"to":{"source":"telegraph-online","version":"unseen"},"relation":"restates","basis":"stated","differences":[],"via":{"source":"telegraph-online","version":"unseen"},"linkedBy":"key-desk"}""");
        Given(Claim, linked).State.Entries.Standing<Linked>().Single().Event.To.ShouldBe(linked.To);
    }

    [Fact]
    public void A_version_based_on_an_unseen_one_survives_its_stored_form()
    {
        var captured = new VersionCaptured { Version = 1, BasedOn = [new("telegraph-online", null, DerivationKind.Reports)] };
        EventTypes.Serialize(captured).ShouldContain("""{"source":"telegraph-online","version":"unseen","kind":"reports","basis":"stated"}""");
        GivenSource(Registered, captured).State.Captured(1)!.BasedOn.ShouldBe(captured.BasedOn);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("null")]
    [InlineData("\"2\"")]
    [InlineData("\"Unseen\"")]
    public void A_version_is_a_number_from_1_or_unseen(string version) =>
        Should.Throw<System.Text.Json.JsonException>(() => System.Text.Json.JsonSerializer.Deserialize<VersionReference>(
            $$"""{"source":"telegraph-online","version":{{version}}}""", DomainJson.Wire));
}
