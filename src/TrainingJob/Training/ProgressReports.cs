using Droptune.TrainingJob.Torch;

namespace Droptune.TrainingJob.Training;

/// <summary>Passes on where a run is, a few times a second at most: reading the loss would else hold up a GPU.</summary>
/// <param name="progress">Receives it.</param>
/// <param name="clock">Measures.</param>
/// <param name="machine">Says what it runs on, and how much of it is in use; null = nothing is said.</param>
public sealed class ProgressReports(IProgress<RunProgress> progress, TimeProvider clock, Func<string>? machine = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>About as far back as the rate is measured: one step alone says little, the first of an epoch least.</summary>
    private const double RateSeconds = 10;

    private RunProgress _current = new() { Stage = RunStage.Preparing };
    private long _last;
    private (int Steps, double Seconds)? _stageStart;
    private (double Tokens, double Seconds) _recent;
    private int _keptEpoch; // 0 while training
    private int _epochs;
    private double? _maxSeconds;

    /// <summary>Trainings of about the same length that follow the one at hand.</summary>
    public int Following { get; set; }

    public void Stage(RunStage stage, string? note = null)
    {
        _current = new() { Stage = stage, Note = note, DevMetric = _current.DevMetric, Machine = machine?.Invoke(), Epoch = _keptEpoch, Epochs = _epochs };
        _stageStart = null;
        progress.Report(_current);
    }

    /// <summary>Says where a training begins, or goes on.</summary>
    /// <param name="state">Where it is.</param>
    /// <param name="steps">Steps of all epochs.</param>
    /// <param name="epochs">Epochs at most.</param>
    /// <param name="maxMinutes">Its time at most; null = no limit.</param>
    public void Begin(TrainingState state, int steps, int epochs, double? maxMinutes = null)
    {
        _maxSeconds = 60 * maxMinutes;
        _current = _current with { Epoch = state.Epoch, Epochs = epochs, Step = state.Rates.Count, Steps = steps };
        if (state.Parts > 1)
        {
            Parted(state.Parts);
        }
        else
        {
            progress.Report(_current);
        }
    }

    /// <summary>Says, until the stage ends, that batches are computed in parts.</summary>
    public void Parted(int parts)
    {
        _current = _current with { Parts = parts, Note = $"memory is too small: each batch in {parts} parts" };
        progress.Report(_current);
    }

    /// <param name="state">Where the training is.</param>
    /// <param name="steps">Steps of all epochs.</param>
    /// <param name="epochs">Epochs at most.</param>
    /// <param name="tokens">Real tokens of this step.</param>
    /// <param name="seconds">Time of this step.</param>
    /// <param name="loss">Mean since the epoch began; asked for only when it is reported.</param>
    public void Step(TrainingState state, int steps, int epochs, int tokens, double seconds, Func<double> loss)
    {
        var step = state.Rates.Count;
        var isFirst = _stageStart is null;
        if (isFirst)
        {
            (_stageStart, _recent) = ((step, state.Seconds), default); // the first step sets much up: not counted
        }
        else
        {
            var kept = Math.Min(1, RateSeconds / (_recent.Seconds + 1e-9));
            _recent = ((_recent.Tokens * kept) + tokens, (_recent.Seconds * kept) + seconds);
        }

        if (!isFirst && step != steps && clock.GetElapsedTime(_last) < Interval)
        {
            return;
        }

        _last = clock.GetTimestamp();
        var (firstStep, firstSeconds) = _stageStart!.Value;
        var (each, most) = ((state.Seconds - firstSeconds) / (step - firstStep), _maxSeconds ?? double.PositiveInfinity);
        var left = Math.Min(each * Math.Max(0, steps - step), Math.Max(0, most - state.Seconds)) + (Following * Math.Min(each * steps, most));
        _current = _current with
        {
            Machine = machine?.Invoke(),
            Memory = HostMemory.Used(),
            Epoch = state.Epoch,
            Epochs = epochs,
            Step = step,
            Steps = steps,
            Loss = loss(),
            TokensPerSecond = _recent.Seconds > 0 ? _recent.Tokens / _recent.Seconds : null,
            Eta = step == firstStep ? null : TimeSpan.FromSeconds(left),
        };
        progress.Report(_current);
    }

    /// <summary>From here on, what is said is said of the epoch that was kept.</summary>
    /// <param name="epoch">1-based.</param>
    /// <param name="epochs">That were run.</param>
    /// <param name="metric">Its score; null = it has none yet.</param>
    public void Kept(int epoch, int epochs, DevMetric? metric)
    {
        (_keptEpoch, _epochs) = (epoch, epochs);
        _current = _current with { DevMetric = metric ?? _current.DevMetric };
    }

    public void Evaluated(DevMetric metric)
    {
        _current = _current with { DevMetric = metric };
        progress.Report(_current);
    }
}
