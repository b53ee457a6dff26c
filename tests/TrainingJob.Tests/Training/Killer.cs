using Droptune.Core.Runs;

namespace Droptune.TrainingJob.Tests.Training;

/// <summary>Time in which every step is worth a report.</summary>
internal sealed class EagerClock : TimeProvider
{
    private long _ticks;

    public override long GetTimestamp() => _ticks += TimestampFrequency;
}

internal sealed class KilledException : Exception;

/// <summary>Ends a run at a step, as a killed process would or by cancelling.</summary>
internal sealed class Killer(RunStage stage, int step, CancellationTokenSource? stop = null) : IProgress<RunProgress>
{
    public void Report(RunProgress value)
    {
        if (value.Stage == stage && value.Step >= step)
        {
            if (stop is null)
            {
                throw new KilledException();
            }

            stop.Cancel();
        }
    }
}
