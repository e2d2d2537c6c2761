using FsCheck;
using FsCheck.Fluent;

namespace Ledger.Domain.Tests.Times;

/// <summary>Before means wholly before. When two intervals overlap, their order is unknown.</summary>
public class IntervalSpecs
{
    /// <summary>Few moments, so that intervals often touch, overlap and coincide.</summary>
    private static Arbitrary<Interval> Intervals { get; } = Arb.From(
        from start in Gen.Choose(0, 20)
        from length in Gen.Choose(1, 8)
        select new Interval(Example.Now.AddHours(start), Example.Now.AddHours(start + length)));

    [Fact]
    public void Exactly_one_of_before_after_and_unknown_holds() => Prop.ForAll(Intervals, Intervals, (a, b) =>
        (a.To <= b.From, b.To <= a.From, a.Overlaps(b)) == a.ComparedTo(b) switch
        {
            TimeOrder.Before => (true, false, false),
            TimeOrder.After => (false, true, false),
            _ => (false, false, true),
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void If_one_interval_is_before_another_the_other_is_after_it() => Prop.ForAll(Intervals, Intervals, (a, b) =>
        b.ComparedTo(a) == a.ComparedTo(b) switch
        {
            TimeOrder.Before => TimeOrder.After,
            TimeOrder.After => TimeOrder.Before,
            _ => TimeOrder.Unknown,
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Before_is_transitive() => Prop.ForAll(Intervals, Intervals, Intervals, (a, b, c) =>
        a.ComparedTo(b) != TimeOrder.Before || b.ComparedTo(c) != TimeOrder.Before || a.ComparedTo(c) == TimeOrder.Before)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void No_time_is_before_itself() => Prop.ForAll(Intervals, a => a.ComparedTo(a) == TimeOrder.Unknown).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("2018-08-02", "2018-08-03", TimeOrder.Before)]
    [InlineData("2018-08-03", "2018-08-02", TimeOrder.After)]
    [InlineData("2018-08-03", "2018-08-03", TimeOrder.Unknown)]
    [InlineData("2018-08", "2018-08-03", TimeOrder.Unknown)]
    [InlineData("2018-07", "2018-08-01", TimeOrder.Before)]
    [InlineData("2018-08-03", "2018-08-04T00:00:00Z", TimeOrder.Before)]
    [InlineData("2018-08-03", "2018-08-03T23:59:59.999999Z", TimeOrder.Unknown)]
    public void Partial_dates_compare_as_the_intervals_that_they_name(string left, string right, TimeOrder order) =>
        Example.Time(left).Interval.ComparedTo(Example.Time(right).Interval).ShouldBe(order);

    [Theory]
    [InlineData("2018", null, "2018-08-03", true)]
    [InlineData("2019", null, "2018-08-03", false)]
    [InlineData(null, "2018-08", "2018-09-01", false)]
    [InlineData(null, "2018-08", "2018-08-31", true)]
    [InlineData("2018-08-03", "2018-08-04", "2018", true)]
    [InlineData(null, null, "2018", false)]
    public void A_scope_covers_the_moments_of_its_period(string? from, string? to, string moment, bool covers) =>
        new Scope(null, from is null ? null : Example.Time(from), to is null ? null : Example.Time(to))
            .Covers(Example.Time(moment).Interval).ShouldBe(covers);
}
