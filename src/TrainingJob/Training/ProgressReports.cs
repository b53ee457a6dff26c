using Droptune.Core.Jobs;

namespace Droptune.TrainingJob.Training;

/// <summary>Passes on where a run is, a few times a second at most: reading the loss would else hold up a GPU.</summary>
public sealed class ProgressReports(IProgress<RunProgress> progress, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private RunProgress _current = new() { Stage = RunStage.Preparing };
    private long _last;
    private (int Steps, double Seconds)? _stageStart;

    public void Stage(RunStage stage, string? note = null)
    {
        _current = new() { Stage = stage, Note = note, DevMetric = _current.DevMetric };
        _stageStart = null;
        progress.Report(_current);
    }

    /// <param name="state">Where the training is.</param>
    /// <param name="steps">Steps of all epochs.</param>
    /// <param name="epochs">Epochs at most.</param>
    /// <param name="loss">Mean since the epoch began; asked for only when it is reported.</param>
    public void Step(TrainingState state, int steps, int epochs, Func<double> loss)
    {
        var step = state.Rates.Count;
        var isFirst = _stageStart is null;
        _stageStart ??= (step, state.Seconds); // the first step sets much up: not counted
        if (!isFirst && step != steps && clock.GetElapsedTime(_last) < Interval)
        {
            return;
        }

        _last = clock.GetTimestamp();
        var (firstStep, firstSeconds) = _stageStart.Value;
        _current = _current with
        {
            Epoch = state.Epoch,
            Epochs = epochs,
            Step = step,
            Steps = steps,
            Loss = loss(),
            TokensPerSecond = state.Tokens / Math.Max(1e-9, state.EpochSeconds),
            Eta = step == firstStep ? null : TimeSpan.FromSeconds((state.Seconds - firstSeconds) / (step - firstStep) * Math.Max(0, steps - step)),
        };
        progress.Report(_current);
    }

    public void Evaluated(DevMetric metric)
    {
        _current = _current with { DevMetric = metric };
        progress.Report(_current);
    }
}
