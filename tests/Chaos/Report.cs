namespace Droptune.Chaos;

/// <summary>What is seen, with its time.</summary>
internal static class Report
{
    public static void Line(FormattableString text) =>
        Console.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {text.ToString(CultureInfo.InvariantCulture)}");
}
