using Droptune.Core.Jobs;
using Droptune.Core.Runs;
using Droptune.TrainingJob.Training;

namespace Droptune.TrainingJob.Tests.Training;

public sealed class ResumeTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> Undisturbed = []; // by precision: the same for all tests

    private readonly string _folder = Directory.CreateTempSubdirectory("droptune resume ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(RunStage.Training, 3)] // in the first epoch
    [InlineData(RunStage.Training, 14)] // after an epoch that was the best
    [InlineData(RunStage.Pretraining, 5)]
    [InlineData(RunStage.Training, 14, "bfloat16")]
    [InlineData(RunStage.Training, 14, "float16")]
    public void Run_KilledAndStartedAgain_SameModelAsWithoutThat(RunStage stage, int step, string precision = "auto")
    {
        Assert.Throws<KilledException>(() => Run("killed", new Killer(stage, step), In));
        var progress = new Some.Progress();
        Run("killed", progress, In);

        Assert.Equal(Whole(precision), Weights("killed"));
        var first = progress.All.First(p => p.Stage == stage && p.Step > 0);
        Assert.InRange(first.Step, step - 1, step + 2); // it did not begin again

        Optimisation In(Optimisation options) => options with { Precision = precision };
    }

    [Fact]
    public void Run_KilledForItsMemory_GoesOnFromItsCheckpointInHalvedBatches()
    {
        Assert.Throws<KilledException>(() => Run("killed", new Killer(RunStage.Training, 14)));
        var progress = new Some.Progress();

        Run("killed", progress, parts: 2);

        var training = progress.All.Where(p => p is { Stage: RunStage.Training, Steps: > 0 }).ToList();
        Assert.InRange(training[0].Step, 13, 16);
        Assert.All(training, p => Assert.Equal((2, "memory is too small: each batch in 2 parts"), (p.Parts, p.Note)));
        Assert.Equal(training[^1].Steps, training[^1].Step); // as many as with whole batches
    }

    [Fact]
    public void Run_CancelledAndStartedAgain_ContinuesFromThere()
    {
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() =>
            Run("stopped", new Killer(RunStage.Training, 20, stop), interval: TimeSpan.FromHours(1), stop: stop.Token));
        Run("stopped", new Some.Progress());

        Assert.Equal(Whole(), Weights("stopped"));
    }

    [Theory]
    [InlineData(RunStage.Exporting)]
    [InlineData(RunStage.Checking)]
    public void Run_FailsAfterTheTraining_NextAttemptTrainsNothing(RunStage stage)
    {
        Assert.Throws<KilledException>(() => Run("failed", new Killer(stage, 0), interval: TimeSpan.FromHours(1)));
        var progress = new Some.Progress();
        Run("failed", progress);

        Assert.Equal(Whole(), Weights("failed"));
        Assert.DoesNotContain(progress.All, p => p.Step > 0);
    }

    [Fact]
    public void Run_CheckpointOfOtherOptions_BeginsAnew()
    {
        Assert.Throws<KilledException>(() => Run("run", new Killer(RunStage.Training, 20)));
        var progress = new Some.Progress();

        Run("run", progress, options => options with { LearningRate = 1e-3 });

        Assert.Equal(1, progress.All.First(p => p.Step > 0 && p.Stage == RunStage.Training).Step);
    }

    /// <summary>The weights of a run that nothing disturbs.</summary>
    private byte[] Whole(string precision = "auto")
    {
        if (!Undisturbed.TryGetValue(precision, out var weights))
        {
            Run("whole", new Some.Progress(), options => options with { Precision = precision }, TimeSpan.FromHours(1));
            Undisturbed[precision] = weights = Weights("whole");
        }

        return weights;
    }

    private void Run(
        string name, IProgress<RunProgress> progress, Func<Optimisation, Optimisation>? change = null, TimeSpan? interval = null,
        CancellationToken? stop = null, int parts = 1)
    {
        var options = Some.Spec().Optimisation with
        {
            Epochs = 4,
            Pretrain = new() { Epochs = 2 },
            AverageDecay = 0.9,
            GradientAccumulation = 2,
            PieceDropout = 0.1,
            MentionSwap = 0.5,
        };
        var spec = Some.Spec() with { Optimisation = change?.Invoke(options) ?? options };
        var input = new FineTuningInput(spec, Some.Snapshot(Path.Combine(_folder, "snapshot")), null, Path.Combine(_folder, name))
        {
            CheckpointFolder = Path.Combine(_folder, $"{name} checkpoint"),
            Parts = parts,
            CheckpointInterval = interval ?? TimeSpan.Zero,
            Clock = new EagerClock(),
        };
        FineTuning.Run(input, progress, stop ?? TestContext.Current.CancellationToken);
    }

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(_folder, name, "model.safetensors"));
}
