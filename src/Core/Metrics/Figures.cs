namespace Droptune.Core.Metrics;

/// <summary>How reports write figures, the same in every country.</summary>
internal static class Figures
{
    /// <summary>A part of one as "98.53%".</summary>
    public static string Percent(double part) => (part * 100).ToString("0.00", CultureInfo.InvariantCulture) + "%";

    /// <summary>A difference of two parts of one as "+0.25" percentage points.</summary>
    public static string Points(double difference) => (difference * 100).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);

    /// <summary>Up to two digits behind the point.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A count, its thousands apart.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
