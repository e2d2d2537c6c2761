namespace Ledger.Domain.Tests.Times;

/// <summary>RFC 3339, section 5.6: what is read as an instant, and the one form in which it is written.</summary>
public class InstantSpecs
{
    [Theory]
    [InlineData("2018-08-03T14:05:00Z", "2018-08-03T14:05:00.000000Z")]
    [InlineData("2018-08-03t14:05:00z", "2018-08-03T14:05:00.000000Z")]
    [InlineData("2018-08-03T14:05:00+01:00", "2018-08-03T13:05:00.000000Z")]
    [InlineData("2018-08-03T14:05:00-00:00", "2018-08-03T14:05:00.000000Z")]
    [InlineData("2018-01-01T00:30:00+05:45", "2017-12-31T18:45:00.000000Z")]
    [InlineData("2018-08-03T14:05:00.1Z", "2018-08-03T14:05:00.100000Z")]
    [InlineData("2018-08-03T14:05:00.000001-02:30", "2018-08-03T16:35:00.000001Z")]
    [InlineData("2018-08-03T14:05:00.1234567Z", "2018-08-03T14:05:00.123456Z")]
    [InlineData("2018-08-03T14:05:00.999999999999Z", "2018-08-03T14:05:00.999999Z")]
    [InlineData("2016-02-29T23:59:59Z", "2016-02-29T23:59:59.000000Z")]
    public void Instants_are_read_with_offset_and_fraction_and_written_in_utc_with_six_decimals(string text, string written)
    {
        WireTime.TryParse(text, out var instant).ShouldBeTrue();
        WireTime.Format(instant).ShouldBe(written);
        instant.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("2018-08-03T14:05:00")]
    [InlineData("2018-08-03T14:05Z")]
    [InlineData("2018-08-03 14:05:00Z")]
    [InlineData("2018-08-03T14:05:00.Z")]
    [InlineData("2018-08-03T14:05:00,5Z")]
    [InlineData("2018-08-03T14:05:00+0100")]
    [InlineData("2018-08-03T14:05:00+01")]
    [InlineData("2018-08-03T14:05:00+01:00Z")]
    [InlineData("2018-08-03T14:05:00 Z")]
    [InlineData(" 2018-08-03T14:05:00Z")]
    [InlineData("2018-08-03T24:00:00Z")]
    [InlineData("2018-08-03T14:60:00Z")]
    [InlineData("2018-08-03T14:05:60Z")]
    [InlineData("2018-02-29T14:05:00Z")]
    [InlineData("2018-13-01T14:05:00Z")]
    [InlineData("2018-8-3T14:05:00Z")]
    [InlineData("18-08-03T14:05:00Z")]
    [InlineData("٢٠١٨-08-03T14:05:00Z")]
    [InlineData("2018-W31-5T14:05:00Z")]
    [InlineData("Fri, 03 Aug 2018 14:05:00 GMT")]
    [InlineData("")]
    public void Nothing_else_is_an_instant(string text) => WireTime.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void An_instant_lasts_a_microsecond()
    {
        var interval = Interval.At(new DateTimeOffset(2018, 8, 3, 14, 5, 0, TimeSpan.FromHours(1)).AddTicks(7));
        WireTime.Format(interval.From).ShouldBe("2018-08-03T13:05:00.000000Z");
        WireTime.Format(interval.To).ShouldBe("2018-08-03T13:05:00.000001Z");
    }
}
