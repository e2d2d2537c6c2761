using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Ledger.Domain.Tests.Times;

/// <summary>A partial date is the half-open interval that it names in a zone.</summary>
public class PartialDateSpecs
{
    [Theory]
    [InlineData("2018", "UTC", "2018-01-01T00:00:00Z", "2019-01-01T00:00:00Z")]
    [InlineData("2018-08", "UTC", "2018-08-01T00:00:00Z", "2018-09-01T00:00:00Z")]
    [InlineData("2018-12", "UTC", "2018-12-01T00:00:00Z", "2019-01-01T00:00:00Z")]
    [InlineData("2018-08-03", "UTC", "2018-08-03T00:00:00Z", "2018-08-04T00:00:00Z")]
    [InlineData("2018-08-03", "Europe/London", "2018-08-02T23:00:00Z", "2018-08-03T23:00:00Z")]
    [InlineData("2018-08-03", "America/New_York", "2018-08-03T04:00:00Z", "2018-08-04T04:00:00Z")]
    [InlineData("2018", "Asia/Kathmandu", "2017-12-31T18:15:00Z", "2018-12-31T18:15:00Z")]
    [InlineData("2016-02", "UTC", "2016-02-01T00:00:00Z", "2016-03-01T00:00:00Z")]
    [InlineData("2016-02-29", "UTC", "2016-02-29T00:00:00Z", "2016-03-01T00:00:00Z")]
    [InlineData("2000-02-29", "UTC", "2000-02-29T00:00:00Z", "2000-03-01T00:00:00Z")]
    public void Years_months_and_days_are_local_and_whole(string text, string zone, string from, string to) => ShouldName(text, zone, from, to);

    [Theory]
    // Clocks go forward at one in the morning: a day of 23 hours; and back: one of 25.
    [InlineData("2018-03-25", "Europe/London", "2018-03-25T00:00:00Z", "2018-03-25T23:00:00Z")]
    [InlineData("2018-10-28", "Europe/London", "2018-10-27T23:00:00Z", "2018-10-29T00:00:00Z")]
    [InlineData("2018-03", "Europe/London", "2018-03-01T00:00:00Z", "2018-03-31T23:00:00Z")]
    // Clocks skip midnight: the day begins at one.
    [InlineData("2017-10-15", "America/Sao_Paulo", "2017-10-15T03:00:00Z", "2017-10-16T02:00:00Z")]
    [InlineData("2017-10-14", "America/Sao_Paulo", "2017-10-14T03:00:00Z", "2017-10-15T03:00:00Z")]
    // Clocks strike midnight twice: the day begins with the first.
    [InlineData("2018-11-04", "America/Havana", "2018-11-04T04:00:00Z", "2018-11-05T05:00:00Z")]
    public void Days_on_which_clocks_change_have_their_real_length(string text, string zone, string from, string to) => ShouldName(text, zone, from, to);

    [Fact]
    public void A_day_that_a_time_zone_skipped_is_refused_in_that_zone()
    {
        // Samoa crossed the date line at the end of 29 December 2011.
        PartialDate.TryInterval("2011-12-30", Zones.Find("Pacific/Apia")!, out _).ShouldBeFalse();
        PartialDate.TryInterval("2011-12-30", TimeZoneInfo.Utc, out _).ShouldBeTrue();
        ShouldName("2011-12-29", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z");
        ShouldName("2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z");
    }

    [Theory]
    [InlineData("2018-02-29")]
    [InlineData("1900-02-29")]
    [InlineData("2018-04-31")]
    [InlineData("2018-00")]
    [InlineData("2018-13")]
    [InlineData("2018-08-00")]
    [InlineData("2018-8-3")]
    [InlineData("2018-08-3")]
    [InlineData("20180803")]
    [InlineData("18-08-03")]
    [InlineData("2018-08-")]
    [InlineData("2018/08/03")]
    [InlineData("03.08.2018")]
    [InlineData("+2018")]
    [InlineData("-018")]
    [InlineData(" 2018")]
    [InlineData("201８")]
    [InlineData("0000")]
    [InlineData("0001")]
    [InlineData("9998")]
    [InlineData("9999-12-31")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("")]
    [InlineData("yesterday")]
    public void Dates_that_do_not_exist_or_have_another_form_are_refused(string text) =>
        PartialDate.TryInterval(text, TimeZoneInfo.Utc, out _).ShouldBeFalse();

    [Fact]
    public void The_first_and_last_years_hold_in_every_zone()
    {
        foreach (var zone in new[] { "Pacific/Kiritimati", "Etc/GMT+12", "UTC" })
        {
            PartialDate.TryInterval("0002", Zones.Find(zone)!, out _).ShouldBeTrue();
            PartialDate.TryInterval("9997-12-31", Zones.Find(zone)!, out _).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_text_of_a_thousand_decimals_is_no_time() =>
        PartialDate.TryInterval($"2018-08-03T14:05:00.{new string('1', 1000)}Z", TimeZoneInfo.Utc, out _).ShouldBeFalse();

    [Theory]
    [InlineData("2018", Precision.Year)]
    [InlineData("2018-08", Precision.Month)]
    [InlineData("2018-08-03", Precision.Day)]
    [InlineData("2018-08-03T14:05:00Z", Precision.Instant)]
    public void The_form_of_a_time_gives_its_precision(string text, Precision precision) => Example.Time(text).Precision.ShouldBe(precision);

    [Fact]
    public void A_time_keeps_the_words_in_which_it_was_given()
    {
        var time = Example.Time("2018-08-03t15:05:00+01:00", basis: Basis.Inferred);
        (time.Value, time.Basis, WireTime.Format(time.From)).ShouldBe(("2018-08-03t15:05:00+01:00", Basis.Inferred, "2018-08-03T14:05:00.000000Z"));
    }

    [Fact]
    public void A_day_begins_on_its_day_and_ends_before_the_next()
    {
        // Zones with odd offsets, odd hours of change and skipped days. Reading all zones of the system takes a second.
        string[] zones =
        [
            "UTC", "Europe/London", "Europe/Dublin", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Africa/Cairo", "Asia/Amman",
            "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kiritimati", "Antarctica/Troll",
        ];
        var days = from zone in Gen.Elements(zones.Select(z => Zones.Find(z)!).ToArray())
                   from day in Gen.Choose(0, 366 * 140)
                   select (zone, day: new DateOnly(1900, 1, 1).AddDays(day));
        Prop.ForAll(days.ToArbitrary(), x =>
            !PartialDate.TryInterval(x.day.ToString("O", CultureInfo.InvariantCulture), x.zone, out var interval)
            || (DayOf(interval.From, x.zone) == x.day && DayOf(interval.To.AddMicroseconds(-1), x.zone) == x.day))
            .QuickCheckThrowOnFailure();
    }

    private static DateOnly DayOf(DateTimeOffset moment, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);

    private static void ShouldName(string text, string zone, string from, string to)
    {
        PartialDate.TryInterval(text, Zones.Find(zone)!, out var interval).ShouldBeTrue();
        WireTime.TryParse(from, out var start).ShouldBeTrue();
        WireTime.TryParse(to, out var end).ShouldBeTrue();
        interval.ShouldBe(new Interval(start, end));
    }
}
