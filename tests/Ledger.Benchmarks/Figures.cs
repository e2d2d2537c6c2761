namespace Ledger.Benchmarks;

/// <summary>What a run gave: appends a second, and latencies in milliseconds.</summary>
internal sealed record Figures(double PerSecond, double P50Ms, double P99Ms)
{
    /// <param name="latenciesMs">Of a sample of the appends, or of all.</param>
    /// <param name="perSecond">Of all appends.</param>
    public static Figures Of(List<double> latenciesMs, double perSecond)
    {
        latenciesMs.Sort();
        return new(perSecond, At(0.5), At(0.99));

        double At(double share) => latenciesMs.Count == 0 ? double.NaN : latenciesMs[(int)(share * (latenciesMs.Count - 1))];
    }

    /// <summary>The median of each figure: changes in the speed of the machine spoil single rounds.</summary>
    public static Figures Median(IReadOnlyList<Figures> rounds)
    {
        return new(Middle(f => f.PerSecond), Middle(f => f.P50Ms), Middle(f => f.P99Ms));

        double Middle(Func<Figures, double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
    }
}
