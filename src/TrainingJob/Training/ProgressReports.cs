using Droptune.Core.Jobs;

namespace Droptune.TrainingJob.Training;

/// <summary>Passes on where a run is, a few times a second at most: reading the loss would else hold up a GPU.</summary>
public sealed class ProgressReports(IProgress<RunProgress> progress, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private RunProgress _current = new() { Stage = RunStage.Preparing };
    private long _last;
    private long _stageStart;
    private int _firstStep;

    public void Stage(RunStage stage, string? note = null)
    {
        _current = _current with { Stage = stage, Note = note, Eta = null };
        _firstStep = 0;
        _stageStart = clock.GetTimestamp();
        progress.Report(_current);
    }

    /// <param name="step">Steps done.</param>
    /// <param name="steps">Of so many.</param>
    /// <param name="epoch">1-based.</param>
    /// <param name="epochs">Of so many.</param>
    /// <param name="tokens">Trained since the epoch began.</param>
    /// <param name="loss">Mean since the epoch began; asked for only when it is reported.</param>
    public void Step(int step, int steps, int epoch, int epochs, long tokens, Func<double> loss)
    {
        if (epoch != _current.Epoch)
        {
            _epochStart = clock.GetTimestamp();
        }

        if (_firstStep == 0)
        {
            (_firstStep, _stageStart) = (step, clock.GetTimestamp()); // the first step sets much up: not counted
        }
        else if (step != steps && clock.GetElapsedTime(_last) < Interval)
        {
            return;
        }

        var seconds = clock.GetElapsedTime(_stageStart).TotalSeconds;
        _last = clock.GetTimestamp();
        _current = _current with
        {
            Epoch = epoch,
            Epochs = epochs,
            Step = step,
            Steps = steps,
            Loss = loss(),
            TokensPerSecond = tokens / Math.Max(1e-9, clock.GetElapsedTime(_epochStart).TotalSeconds),
            Eta = step == _firstStep ? null : TimeSpan.FromSeconds(seconds / (step - _firstStep) * (steps - step)),
        };
        progress.Report(_current);
    }

    private long _epochStart;

    public void Evaluated(DevMetric metric)
    {
        _current = _current with { DevMetric = metric };
        progress.Report(_current);
    }
}
