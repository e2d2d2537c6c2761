using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Sources;

public class VersionSpecs
{
    private const string Text = "Permits 😀\n\n  1,237 workers\r\n";

    private static SourceRegistered Registered { get; } = new() { Publisher = Publisher, TimeZone = "Europe/London" };

    private static CaptureVersion Capture { get; } = new() { Edition = "print", Seen = true, PublishedAt = new("2018-08-04") };

    private static VersionCaptured Captured { get; } = new()
    {
        Version = 1,
        Edition = "print",
        Seen = true,
        PublishedAt = Time("2018-08-04", "Europe/London"),
    };

    [Fact]
    public void Versions_are_numbered_as_they_are_captured() => GivenSource(Registered).When(Capture).Then(Captured)
        .When(Capture with { Edition = "online" }).Then(Captured with { Version = 2, Edition = "online" })
        .State.Versions.Keys.ShouldBe([1, 2]);

    [Fact]
    public void A_text_is_hashed_measured_in_code_points_and_forgotten()
    {
        var captured = GivenSource(Registered).When(Capture with { Text = Text }).ThenOne<VersionCaptured>();
        captured.Sha256.ShouldBe(TextParts.Sha256(Text));
        captured.LengthCodePoints.ShouldBe(28);
        captured.Text.ShouldBeNull();
        captured.Paragraphs.ShouldBe([new(0, 9, TextParts.Sha256("Permits 😀")), new(13, 13, TextParts.Sha256("1,237 workers"))]);
    }

    [Fact]
    public void A_text_is_kept_where_the_recorder_asks() =>
        GivenSource(Registered).When(Capture with { Text = Text, KeepText = true }).ThenOne<VersionCaptured>().Text.ShouldBe(Text);

    [Fact]
    public void The_newest_version_again_appends_nothing()
    {
        GivenSource(Registered, Captured).When(Capture).ThenNothing();
        GivenSource(Registered, Captured, Captured with { Version = 2, Edition = "online" }).When(Capture).Then(Captured with { Version = 3 });
    }

    [Fact]
    public void The_same_text_published_on_another_day_is_another_version() => GivenSource(Registered, Captured)
        .When(Capture with { PublishedAt = new("2018-08-05") })
        .Then(Captured with { Version = 2, PublishedAt = Time("2018-08-05", "Europe/London") });

    [Fact]
    public void A_version_may_be_known_to_exist_and_never_seen() =>
        GivenSource(Registered).When(Capture with { Seen = false }).Then(Captured with { Seen = false });

    [Fact]
    public void A_version_says_what_it_is_based_on()
    {
        Derivation[] basedOn = [new("telegraph-online", null, DerivationKind.Edition, Basis.Inferred), new("decree", 2, DerivationKind.Quotes)];
        GivenSource(Registered).When(Capture with { BasedOn = basedOn }).Then(Captured with { BasedOn = basedOn });
    }

    [Fact]
    public void What_was_never_seen_has_neither_text_nor_hash()
    {
        GivenSource(Registered).When(Capture with { Seen = false, Text = Text }).ThenRefused(RefusalCode.Invalid, "seen");
        GivenSource(Registered).When(Capture with { Seen = false, Sha256 = new string('a', 64) }).ThenRefused(RefusalCode.Invalid, "seen");
        GivenSource(Registered).When(Capture with { KeepText = true }).ThenRefused(RefusalCode.Invalid, "keepText");
    }

    [Fact]
    public void A_given_hash_is_well_formed_and_matches_the_text()
    {
        GivenSource(Registered).When(Capture with { Sha256 = new string('A', 64) }).Then(Captured with { Sha256 = new string('a', 64) });
        GivenSource(Registered).When(Capture with { Sha256 = "abc" }).ThenRefused(RefusalCode.Invalid, "sha256");
        GivenSource(Registered).When(Capture with { Sha256 = new string('g', 64) }).ThenRefused(RefusalCode.Invalid, "sha256");
        GivenSource(Registered).When(Capture with { Text = Text, Sha256 = new string('a', 64) }).ThenRefused(RefusalCode.Invalid, "sha256");
    }

    [Fact]
    public void An_empty_text_is_refused() => GivenSource(Registered).When(Capture with { Text = "" }).ThenRefused(RefusalCode.Invalid, "text");

    [Fact]
    public void A_version_whose_fields_were_erased_keeps_its_place()
    {
        var state = GivenSource(Registered, Captured, new VersionCaptured()).When(Capture).Then(Captured with { Version = 3 }).State;
        state.Versions.Keys.ShouldBe([1, 2, 3]);
        state.Captured(2)!.Version.ShouldBe(2);
    }
}
