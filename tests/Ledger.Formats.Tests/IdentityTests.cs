namespace Ledger.Formats.Tests;

public sealed class IdentityTests
{
    [Fact]
    public void An_id_is_made_from_the_kind_and_the_first_name_alone()
    {
        var one = new Identity("source", ["doi:10.1000/abc", "https://example.org/a"]);
        one.Id.ShouldBe(new Identity("source", ["doi:10.1000/abc"]).Id);
        one.Id.ShouldNotBe(new Identity("assertion", ["doi:10.1000/abc"]).Id);
        Domain.Ids.IsId(one.Id).ShouldBeTrue();
    }
}
