using Droptune.Core.Evaluation;

namespace Droptune.Core.Tests.Evaluation;

public class CalibrationTests
{
    [Fact]
    public void Of_Predictions_WeighsTheDistanceOfEachBin()
    {
        var calibration = Calibration.Of([(0.95, true), (0.95, false), (0.45, false), (0.45, false), (1.0, true)])!;

        // 0.9 to 1: mean score 2.9/3, accuracy 2/3, so 0.3 of 3 in 5; 0.4 to 0.5: 0.45 of 2 in 5.
        Assert.Equal((0.3 * 3 / 5) + (0.45 * 2 / 5), calibration.Ece, 1e-9);
        Assert.Equal([(0.4, 2), (0.9, 3)], calibration.Bins.Select(bin => (bin.Low, bin.Count)));
    }

    [Fact]
    public void Of_Nothing_IsNull() => Assert.Null(Calibration.Of([]));
}
