using Droptune.Core.Traffic;

namespace Droptune.Functions.Monitoring;

/// <summary>
/// How far traffic has moved away from the data that a model was made with: the population stability index of each property.
/// </summary>
public sealed record TrafficDrift
{
    public required Shift Labels { get; init; }

    public required Shift Entities { get; init; }

    public required Shift Scores { get; init; }

    public required Shift Lengths { get; init; }

    /// <summary>Part of pieces that the vocabulary does not have, in traffic.</summary>
    public required double UnknownRate { get; init; }

    /// <summary>The same in the data.</summary>
    public required double ExpectedUnknownRate { get; init; }

    /// <summary>The shifts by property.</summary>
    public IEnumerable<(string Property, Shift Shift)> Shifts() =>
        [("labels", Labels), ("entities", Entities), ("scores", Scores), ("lengths", Lengths)];

    public static TrafficDrift Of(TrafficProfile expected, TrafficProfile traffic) => new()
    {
        Labels = Shift.Of(expected.Labels, traffic.Labels),
        Entities = Shift.Of(expected.Entities, traffic.Entities),
        Scores = Shift.Of(ByIndex(expected.Scores), ByIndex(traffic.Scores)),
        Lengths = Shift.Of(ByIndex(expected.Lengths), ByIndex(traffic.Lengths)),
        UnknownRate = Rate(traffic),
        ExpectedUnknownRate = Rate(expected),
    };

    private static double Rate(TrafficProfile profile) => profile.Pieces == 0 ? 0 : (double)profile.UnknownPieces / profile.Pieces;

    private static Dictionary<string, long> ByIndex(IReadOnlyList<long> bins) => bins.Index().ToDictionary(bin => $"{bin.Index}", bin => bin.Item);
}

/// <summary>The population stability index of one property, and what moved most.</summary>
/// <param name="Index">Sum of (p - q) ln(p / q) over bins; by custom, above 0.25 is a shift, and above 0.1 worth a look.</param>
/// <param name="IsReal">Above 0.25, and above what the numbers of texts would give by chance.</param>
/// <param name="Moved">Bins by their part in the index, the largest first, with their parts in the data and in traffic.</param>
public sealed record Shift(double Index, bool IsReal, IReadOnlyList<ShiftedBin> Moved)
{
    private const double Large = 0.25;
    private const int MostBins = 5;

    public static Shift Of(IReadOnlyDictionary<string, long> expected, IReadOnlyDictionary<string, long> traffic)
    {
        var bins = expected.Keys.Union(traffic.Keys).Where(bin => expected.GetValueOrDefault(bin) + traffic.GetValueOrDefault(bin) > 0).ToList();
        var (before, now) = (expected.Values.Sum(), traffic.Values.Sum());
        if (before == 0 || now == 0 || bins.Count < 2)
        {
            return new(0, false, []);
        }

        // Half a text more in each bin: an empty one would make the index infinite.
        var parts = bins.Select(bin => new ShiftedBin(bin, Part(expected.GetValueOrDefault(bin), before), Part(traffic.GetValueOrDefault(bin), now))).ToList();
        var index = parts.Sum(bin => bin.Index);

        // Without a shift, index / (1/n + 1/m) is about chi-squared with bins - 1 degrees of freedom.
        var freedom = bins.Count - 1;
        var chance = (freedom + (3 * Math.Sqrt(2.0 * freedom))) * ((1.0 / before) + (1.0 / now));
        return new(index, index > Math.Max(Large, chance), [.. parts.OrderByDescending(bin => bin.Index).Take(MostBins)]);

        double Part(long count, long total) => (count + 0.5) / (total + (0.5 * bins.Count));
    }
}

/// <summary>A bin of a property: its part in the data and in traffic.</summary>
public sealed record ShiftedBin(string Bin, double Expected, double Traffic)
{
    internal double Index => (Traffic - Expected) * Math.Log(Traffic / Expected);
}
