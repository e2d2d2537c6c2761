using static Ledger.Domain.Tests.Example;
using static Ledger.Domain.Tests.Scenario;

namespace Ledger.Domain.Tests.Sources;

public class SourceSpecs
{
    private static RegisterSource Register { get; } = new()
    {
        Kind = "article",
        Title = "Work permits",
        Publisher = Publisher,
        Url = "https://example.org/permits",
        Identifiers = ["doi:10.1/x"],
        Language = "en",
        TimeZone = "Europe/London",
    };

    private static SourceRegistered Registered { get; } = new()
    {
        Kind = "article",
        Title = "Work permits",
        Publisher = Publisher,
        Url = "https://example.org/permits",
        Identifiers = ["doi:10.1/x"],
        Language = "en",
        TimeZone = "Europe/London",
    };

    [Fact]
    public void A_source_is_registered()
    {
        var source = GivenSource().When(Register).Then(Registered).State;
        source.Id.ShouldBe(SourceId);
        source.Zone.ShouldBe(London);
    }

    [Fact]
    public void The_same_source_again_appends_nothing() => GivenSource(Registered).When(Register).ThenNothing();

    [Fact]
    public void Another_source_under_the_id_is_refused() =>
        GivenSource(Registered).When(Register with { Title = "Something else" }).ThenRefused(RefusalCode.IdTaken, "id");

    [Fact]
    public void Partial_dates_of_a_source_without_a_zone_are_read_in_utc() =>
        GivenSource(Registered with { TimeZone = null }).State.Zone.ShouldBe(TimeZoneInfo.Utc);

    [Theory]
    [InlineData("London")]
    [InlineData("GMT Standard Time")]
    [InlineData("Europe/Atlantis")]
    [InlineData("/etc/localtime")]
    [InlineData("../zoneinfo/Europe/London")]
    [InlineData("Europe/../Europe/London")]
    [InlineData("Europe/London\0")]
    [InlineData("")]
    public void A_time_zone_is_a_name_of_the_iana_database(string zone) =>
        GivenSource().When(Register with { TimeZone = zone }).ThenRefused(RefusalCode.Invalid, "timeZone");

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/GMT+3")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("America/Port-au-Prince")]
    public void Any_iana_zone_will_do(string zone) =>
        GivenSource().When(Register with { TimeZone = zone }).Then(Registered with { TimeZone = zone });

    [Fact]
    public void A_source_has_kind_title_and_publisher()
    {
        GivenSource().When(Register with { Kind = " " }).ThenRefused(RefusalCode.Invalid, "kind");
        GivenSource().When(Register with { Title = "" }).ThenRefused(RefusalCode.Invalid, "title");
        GivenSource().When(Register with { Publisher = "The Telegraph" }).ThenRefused(RefusalCode.Invalid, "publisher");
        GivenSource().When(Register with { Identifiers = [""] }).ThenRefused(RefusalCode.Invalid, "identifiers");
    }

    [Fact]
    public void A_command_on_a_source_that_was_never_registered_is_refused()
    {
        GivenSource().When(new CaptureVersion { Edition = "print", Seen = true }).ThenRefused(RefusalCode.NotFound);
        GivenSource().When(new RestrictAccess { Source = SourceId, Reason = RestrictionReason.Kill }).ThenRefused(RefusalCode.NotFound);
    }
}
