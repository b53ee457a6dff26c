using Droptune.Core.Terminal;

namespace Droptune.TrainingJob.Commands;

/// <summary>Shows how far a training is on one line of the console.</summary>
internal sealed class LineProgress(LiveLine line) : IProgress<RunProgress>
{
    private bool _isMachineKnown;

    public void Report(RunProgress value)
    {
        if (!_isMachineKnown && value is { Machine: { } machine, Stage: > RunStage.Preparing })
        {
            _isMachineKnown = true;
            line.Print($"On {machine}");
        }

        line.Update(RunProgressText.Line(value));
    }
}
