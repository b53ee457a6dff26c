namespace Droptune.TrainingJob.Training.Optimizer;

/// <summary>The learning rate by step: it rises from 0 during warm-up, then follows the schedule down to 0 (or stays).</summary>
public sealed record LearningRate(string Schedule, double Peak, double WarmupRatio, int Steps)
{
    private readonly int _warmup = (int)(Steps * WarmupRatio);

    /// <param name="step">0-based.</param>
    public double At(int step)
    {
        if (step < _warmup)
        {
            return Peak * (step + 1) / _warmup;
        }

        var rest = Math.Max(0, (double)(Steps - step) / Math.Max(1, Steps - _warmup)); // 1 at the peak, 0 behind the end
        return Schedule switch
        {
            "linear" => Peak * rest,
            "cosine" => Peak * 0.5 * (1 - Math.Cos(Math.PI * rest)),
            "constant" => Peak,
            var other => throw new NotSupportedException($"schedule '{other}' is not supported"),
        };
    }
}
