namespace Droptune.Core.Evaluation;

/// <summary>
/// How far scores are the chance of being right: the expected calibration error (Guo et al. 2017) over ten bins, and the curve
/// behind it.
/// </summary>
/// <param name="Ece">Mean distance between score and accuracy of the bins, by their counts.</param>
/// <param name="Bins">The reliability curve; bins without predictions are left out.</param>
public sealed record Calibration(double Ece, IReadOnlyList<CalibrationBin> Bins)
{
    private const int BinCount = 10;

    /// <summary>Null without predictions.</summary>
    public static Calibration? Of(IReadOnlyCollection<(double Score, bool IsRight)> predictions)
    {
        if (predictions.Count == 0)
        {
            return null;
        }

        var bins = predictions.GroupBy(prediction => Math.Clamp((int)(prediction.Score * BinCount), 0, BinCount - 1)).OrderBy(bin => bin.Key)
            .Select(bin => new CalibrationBin((double)bin.Key / BinCount, (double)(bin.Key + 1) / BinCount, bin.Count(),
                bin.Average(prediction => prediction.Score), bin.Average(prediction => prediction.IsRight ? 1 : 0))).ToList();
        return new(bins.Sum(bin => bin.Count * Math.Abs(bin.MeanScore - bin.Accuracy)) / predictions.Count, bins);
    }
}

/// <summary>Predictions with scores from <paramref name="Low"/> to <paramref name="High"/>.</summary>
public sealed record CalibrationBin(double Low, double High, int Count, double MeanScore, double Accuracy);
