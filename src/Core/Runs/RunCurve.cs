namespace Droptune.Core.Runs;

/// <summary>A point of a run's curves. <paramref name="Dev"/> is there where a new score on dev was reported.</summary>
public sealed record CurvePoint(int Step, double Loss, double? Dev = null);

/// <summary>The curves of a run, made of its reports; few enough points for a record, however long the run.</summary>
public static class RunCurve
{
    private const int MostPoints = 240; // of at most 60 characters: a column of a table holds 32,000

    /// <summary>
    /// Adds a report, once its training has begun. A run that begins again, or earlier, takes back what it had reported beyond.
    /// </summary>
    /// <param name="curve">The points so far.</param>
    /// <param name="before">The report before; null = none.</param>
    /// <param name="now">The report.</param>
    public static IReadOnlyList<CurvePoint> Add(IReadOnlyList<CurvePoint> curve, RunProgress? before, RunProgress now)
    {
        if (now is not { Stage: RunStage.Training, Loss: { } loss })
        {
            return curve;
        }

        var known = curve.TakeWhile(point => point.Step < now.Step).ToList();
        var same = known.Count < curve.Count && curve[known.Count].Step == now.Step ? curve[known.Count] : null;
        var dev = now.DevMetric is { } metric && metric != before?.DevMetric ? metric.Value : same?.Dev;
        known.Add(new(now.Step, Math.Round(loss, 4), dev is { } value ? Math.Round(value, 4) : null));
        return known.Count <= MostPoints ? known : Thinned(known);
    }

    /// <summary>Every other point, and those with a score unless there are too many of them.</summary>
    private static List<CurvePoint> Thinned(List<CurvePoint> curve)
    {
        var areScoresFew = curve.Count(point => point.Dev is not null) < MostPoints / 4;
        return [.. curve.Where((point, index) => index % 2 == 0 || (areScoresFew && point.Dev is not null) || index == curve.Count - 1)];
    }
}
